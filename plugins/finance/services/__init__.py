"""What happens to money: claims, postings, bills, invoices, payments."""
