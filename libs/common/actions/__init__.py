"""What rules, policies and triggers may have done to a ticket, and whom they may have told.

Actions are carried out by ticketing alone, through its domain; recipients are found in the
directory copy by `libs.common.directory.recipients`.
"""

from libs.common.actions.by_hand import ME, Reply, SetField, Solve, Step, parse_steps
from libs.common.actions.kinds import (
    Action,
    AddNote,
    AddTags,
    Assign,
    Recipient,
    RemoveTags,
    SetStatus,
    SetUrgency,
    Transfer,
)
from libs.common.actions.parsing import parse_actions, parse_recipients

__all__ = [
    "ME",
    "Action",
    "AddNote",
    "AddTags",
    "Assign",
    "Recipient",
    "RemoveTags",
    "Reply",
    "SetField",
    "SetStatus",
    "SetUrgency",
    "Solve",
    "Step",
    "Transfer",
    "parse_actions",
    "parse_recipients",
    "parse_steps",
]
