"""Named operations of the CRM, one module per subject."""
