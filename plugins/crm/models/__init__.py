"""Entities of the CRM, one module per subject."""
