"""Owns policies, business calendars, clocks and breaches.

Never acts on a ticket itself: it says what is due and what was missed.
"""
