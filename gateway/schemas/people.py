"""Asking for people."""

from gateway.schemas.pieces import ROLES, Body, Text, limit, one_of


class PeopleQuery(Body):
    """Part of a login or name, and a role."""

    q = Text()
    role = one_of(*ROLES)
    limit = limit(50)
