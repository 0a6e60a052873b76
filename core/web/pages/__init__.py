"""Weft core: web.pages, the pages every installation has."""
