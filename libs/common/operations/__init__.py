"""What operators do to an installation as a whole: back it up, restore it, send again, look at it.

Their user at the database may create databases, and the one at the broker may declare and purge.
"""
