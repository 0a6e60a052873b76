"""What the CRM checks and completes before a write, one module per subject."""
