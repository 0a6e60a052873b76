"""Weft core: records."""
