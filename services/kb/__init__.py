"""Owns articles, their versions and reviews, and the search and suggestion models over them.

Knows nothing of tickets but what the gateway tells with a question.
"""
