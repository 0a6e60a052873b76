"""Weft core: web.forms."""
