"""Lists, pages and menu entries of the CRM, one module per subject."""
