"""Owns tickets: number, status, assignee, timeline and attachments' metadata.

The single truth for a ticket's state. Who should work on it is decided by dispatch, who is told
by notify.
"""
