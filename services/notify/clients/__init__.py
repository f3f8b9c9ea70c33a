"""What lies outside: the mail server, and the template engine."""
