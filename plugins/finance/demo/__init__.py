"""The finance part of the demo company."""
