"""The CRM's part of the demo company: invented parties, deals and conversations."""
