"""Every permission there is. Roles are data; what a role may hold is named here.

A permission is `<noun>.<verb>`: one action, for which some route asks.
"""

PERMISSIONS: tuple[str, ...] = (
    "session.own",
    "notice.read",
    "ticket.list",
    "ticket.read",
    "ticket.create",
    "ticket.take",
    "ticket.accept",
    "ticket.edit",
    "ticket.reply",
    "ticket.note",
    "ticket.move",
    "ticket.solve",
    "ticket.reopen",
    "ticket.assign",
    "ticket.transfer",
    "ticket.work_all",
    "attachment.read",
    "attachment.upload",
    "customer.read",
    "customer.create",
    "customer.reveal",
    "request.own",
    "people.list",
    "person.read",
    "person.manage",
    "organisation.read",
    "organisation.manage",
    "role.read",
    "role.manage",
    "session.manage",
    "api_key.read",
    "api_key.manage",
    "channel_account.read",
    "channel_account.manage",
    "audit.read",
    "audit.export",
    "alert.read",
    "alert.acknowledge",
    "failure.list",
    "failure.replay",
    "failure.discard",
    "receipt.list",
    "receipt.refile",
)

# Asked for inside services, beyond a route's own: work on tickets of others.
WITHOUT_ROUTE = frozenset({"ticket.work_all", "ticket.assign"})
