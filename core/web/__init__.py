"""Weft core: web."""
