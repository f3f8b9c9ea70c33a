"""Owns people, sessions and rights: authenticates, authorises and turns REST into RPC.

It knows no ticket rules.
"""
