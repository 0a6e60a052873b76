"""Workflow: approval chains and processes of the company, and the decisions people make in them."""
