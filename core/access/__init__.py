"""Weft core: access."""
