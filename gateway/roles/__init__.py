"""Roles as administrators see and change them; what they grant is enforced elsewhere."""
