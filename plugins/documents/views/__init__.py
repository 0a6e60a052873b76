"""Pages of the documents plugin."""
