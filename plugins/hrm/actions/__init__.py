"""Named operations on records."""
