"""The part of the demo company of the projects plugin."""
