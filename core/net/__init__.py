"""Weft core: net."""
