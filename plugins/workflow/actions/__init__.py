"""Named operations of the workflow plugin."""
