"""One module per resource: parse, ask once, present."""

from flask_smorest import Blueprint

from gateway.resources import (
    attachments,
    customers,
    failures,
    notices,
    people,
    ping,
    receipts,
    session,
    statuses,
    ticket_work,
    tickets,
    timeline,
    uploads,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    session.blueprint,
    people.blueprint,
    statuses.blueprint,
    tickets.blueprint,
    ticket_work.blueprint,
    timeline.blueprint,
    uploads.blueprint,
    attachments.blueprint,
    customers.blueprint,
    notices.blueprint,
    failures.blueprint,
    receipts.blueprint,
    ping.blueprint,
)
