"""Entities of the service plugin."""
