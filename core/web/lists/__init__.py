"""Weft core: web.lists."""
