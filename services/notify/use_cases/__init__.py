"""What notify does, step by step; each is one transaction."""
