"""Weft core: db."""
