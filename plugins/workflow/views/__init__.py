"""Pages of the workflow plugin."""
