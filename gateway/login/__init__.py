"""Every way of logging in, what people prove who they are with, and what keeps guessers out.

Once somebody is in, `gateway.auth` takes over: sessions, the guard, rights.
"""
