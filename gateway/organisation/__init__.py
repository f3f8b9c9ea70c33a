"""People and where they belong: accounts, departments, regions, groups, brands, and their import.

Every change is told as a `directory.*` event in the transaction that makes it. What people may do
is roles' business (`gateway.roles`), how they prove who they are that of `gateway.auth`.
"""
