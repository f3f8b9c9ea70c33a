"""Logging in at the company's OpenID provider (authorization code with PKCE)."""
