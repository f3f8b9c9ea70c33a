"""A service's own PostgreSQL: one transaction per use case, with what must commit beside it."""
