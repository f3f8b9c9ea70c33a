"""Owns skills, capacity, presence, shifts, rules and assignments: decides who works on a ticket.

Never writes a ticket: it proposes, ticketing commits.
"""
