"""Serving HTTP: gunicorn with threads, and Flask behind proxies; for those who install gunicorn."""
