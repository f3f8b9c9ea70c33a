"""The entrypoints: RPC for the gateway, events from the other services, jobs."""
