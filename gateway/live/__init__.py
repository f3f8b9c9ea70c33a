"""Live updates: what open consoles are told as it happens, without asking again and again.

`gateway.events` turns other services' events into rows (`hearing`, `updates`, `storage`); each
process of the web reads new rows once for all of its streams (`hub`) and gives everybody what
they may know (`seeing`). No texts: whoever wants to know more asks, with the rights of asking.
"""
