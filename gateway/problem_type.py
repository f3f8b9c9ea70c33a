"""The media type of problems (RFC 9457)."""

PROBLEM_TYPE = "application/problem+json"
