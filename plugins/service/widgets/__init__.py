"""Tiles of the service plugin."""
