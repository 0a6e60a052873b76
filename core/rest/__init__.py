"""Weft core: rest."""
