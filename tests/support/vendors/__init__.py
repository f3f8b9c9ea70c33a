"""Providers as their documentation describes them: they check signatures and answer in kind."""
