"""A mailbox for development: takes all mail and texts that would go out, and shows them on a page.

Stands apart from the service: no database, no broker, only what goes over SMTP and HTTP.
"""
