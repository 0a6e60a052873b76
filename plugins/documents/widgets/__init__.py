"""Tiles of the documents plugin."""
