"""Background work of the documents plugin."""
