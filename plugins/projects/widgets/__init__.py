"""Tiles of home pages of the projects plugin."""
