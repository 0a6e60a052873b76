"""Weft core: identity."""
