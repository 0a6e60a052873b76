"""Weft core: search."""
