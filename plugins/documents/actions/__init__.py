"""Named operations of the documents plugin."""
