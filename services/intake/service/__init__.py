"""The entrypoints: the door and the SMTP listener outside, RPC, events and jobs inside."""
