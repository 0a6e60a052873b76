"""What the CRM reads in one go: statements and pure formulas, nothing written."""
