"""The operation log: who did what, sealed so that no later change goes unnoticed; and alerts."""
