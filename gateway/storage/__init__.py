"""Tables of the gateway's own database, and nothing else."""
