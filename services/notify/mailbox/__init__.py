"""A mailbox for development: takes all mail that would go out, and shows it on a small page.

Stands apart from the service: no database, no broker, only what goes over SMTP.
"""
