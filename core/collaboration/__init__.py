"""Weft core: collaboration."""
