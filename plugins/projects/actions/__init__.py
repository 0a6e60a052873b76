"""Named operations of the projects plugin."""
