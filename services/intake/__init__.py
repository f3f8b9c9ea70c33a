"""Owns channel accounts, raw inbound messages, conversations, customers and their identities.

Accepts durably, drops duplicates, recognises the customer and decides which ticket a message
belongs to. What becomes of the ticket is ticketing's business.
"""
