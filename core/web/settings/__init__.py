"""Weft core: web.settings."""
