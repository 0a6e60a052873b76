"""Weft core: web.pages."""
