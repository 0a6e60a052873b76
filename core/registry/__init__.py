"""Weft core: registry."""
