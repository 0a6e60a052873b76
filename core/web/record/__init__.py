"""Weft core: web.record."""
