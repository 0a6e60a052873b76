"""The part of the demo company."""
