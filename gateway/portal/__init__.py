"""Requesters: customers who prove an address or come from the company's site, and employees."""
