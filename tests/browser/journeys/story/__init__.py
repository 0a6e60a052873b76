"""Hands and steps of the story in the browser."""
