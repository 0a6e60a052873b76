"""Weft core: cli."""
