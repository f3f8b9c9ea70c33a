"""Fills a database with tickets as they might have come over a year, for measurements."""
