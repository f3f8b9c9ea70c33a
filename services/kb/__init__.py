"""Owns articles, their versions and reviews, and the search and suggestion models over them."""
