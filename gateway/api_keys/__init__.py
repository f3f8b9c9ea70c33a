"""API keys as administrators make and revoke them; gateway.auth lets their holders in."""
