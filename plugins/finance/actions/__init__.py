"""Named operations on records of the finance plugin."""
