"""Money: claims, bills, invoices, payments, budgets, cost and margin."""
