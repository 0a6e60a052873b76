"""Weft core: plugin."""
