"""Owns deliveries: who is told what, on which channel, when, and once.

Sends mail itself; keeps a copy of the customers' addresses and nothing else of theirs.
"""
