"""The workflow part of the demo company."""
