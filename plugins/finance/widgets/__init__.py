"""Tiles of the finance plugin."""
