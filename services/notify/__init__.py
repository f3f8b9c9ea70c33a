"""Owns deliveries: who is told what, on which channel, when, and once.

Sends mail and text messages itself; keeps a copy of the customers' addresses and nothing else of
theirs, a copy of the organisation to know who is meant, and one-time codes for a day.
"""
