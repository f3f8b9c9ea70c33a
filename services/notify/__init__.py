"""Owns deliveries: who is told what, on which channel, when, and once.

Sends mail and text messages itself; keeps a copy of the customers' addresses and nothing else of
theirs, and one-time codes for a day.
"""
