"""Signing in by OpenID Connect: settings to identity."""
