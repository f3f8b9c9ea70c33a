"""The entrypoints of kb: RPC for the gateway, the organisation's events, jobs."""
