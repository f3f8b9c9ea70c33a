"""What holds of tickets whatever is done to them, as assertions about all rows there are."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from services.ticketing.domain.family import MOST_LEVELS
from services.ticketing.domain.statuses import CATEGORY_OF, THROWN_AWAY, is_unfinished

Row = Mapping[str, Any]
Kept = Mapping[str, Any]

WRITING = ("reply", "request_material")
HEARING = ("hear_message", "add_request_message", "send_material")
JUDGING = ("judge_ticket", "rate_ticket", "confirm_request")
MANY = ("apply_macro",)
PURGING = ("purge_ticket", "empty_bin")

# What an act brings about besides itself has an entry of its own (docs/ticketing-structure.md).
CONSEQUENCES: Mapping[str, Collection[str]] = {
    "ticket.accepted": (*WRITING, "solve_ticket", "answer_problem", "work_bulk"),
    "ticket.status_changed": (*WRITING, *HEARING, "breach"),
    "action.skipped": ("breach",),
    "ticket.reopened": (*HEARING, *JUDGING, "restore_ticket", "unmerge_ticket"),
    "ticket.urged": HEARING,
    "ticket.supervision_ended": ("withdraw_request",),
    "ticket.collaboration_cancelled": ("withdraw_request", "delete_ticket", "close_solved"),
}
# What happens to a parent whose child has ended or is worked on again.
_OF_CHILDREN = ("ticket.children_finished", "ticket.reopened")
# What rows keep count of without a word: of other rows that have their own entries.
_DUE_COPIES = {"next_due_at", "is_overdue", "sla_revision"}
_SILENT = {"open_children", "followed_up_by", "version", *_DUE_COPIES}
# Reminders of what is solved are put off without a word.
_PUT_OFF = {"supervision"}

# What of a ticket in the bin may change, but for its way out: it is told of others.
_OF_OTHERS = {
    *("open_children", "followed_up_by", "seq", "last_entry_seq", "supervision"),
    *("updated_at", "last_entry_at", "touched_at"),
    # What sla and the customer (an automatic reply, a rating) say is kept for when it comes back.
    "last_customer_message_at",
    *_DUE_COPIES,
    *("score", "is_dissatisfied", "dissatisfied_at", "judged_at", "confirmation"),
}
_OUT_OF_BIN = ("restore_ticket", *PURGING)
# What a merged ticket was when it was merged stays so until it is taken apart.
_WORK = (
    *("status", "assignee_id", "group_id", "department_id", "subject", "fields", "tags", "kind"),
    *("urgency", "solution", "accepted_at", "solved_at", "assignment_epoch", "parent_id"),
)
_OUT_OF_MERGER = ("unmerge_ticket", "archive_closed", "delete_ticket", "restore_ticket", *PURGING)
# Who may take up what is closed: its customer, in time or by not being satisfied; staff with a
# reason, as long as nothing carries it on; or it was never meant to be.
_OUT_OF_CLOSED = (*HEARING, *JUDGING, "reopen_ticket", "unmerge_ticket", "restore_ticket")


def check_state(kept: Kept) -> None:
    """No ticket is in a state that there must not be."""
    tickets = kept["tickets"]
    numbers = [ticket["number"] for ticket in tickets.values()]
    assert len(set(numbers)) == len(numbers), "a number was given twice"
    for key, ticket in tickets.items():
        _check_status(ticket)
        _check_hands(ticket)
        _check_end(ticket)
        _check_family(key, tickets)
        _check_counts(key, kept)


def _check_status(ticket: Row) -> None:
    status = ticket["status"]
    is_away = status in THROWN_AWAY
    category = "closed" if is_away else CATEGORY_OF[status]
    assert ticket["status_category"] == category, f"{status} is no {ticket['status_category']}"
    assert (ticket["deleted_at"] is not None) == is_away, f"{status}, deleted or not"
    assert (ticket["deletion"] is not None) == is_away, f"{status}, by whom deleted"


def _check_hands(ticket: Row) -> None:
    if not is_unfinished(ticket["status"]):
        return
    is_free, is_waiting = ticket["assignee_id"] is None, ticket["accepted_at"] is None
    assert is_free == (ticket["status"] == "unassigned"), "free, or somebody's"
    assert is_waiting == (ticket["status"] in ("unassigned", "assigned")), "confirmed or not"
    assert (ticket["assignment_id"] is None) == is_free, "an assignment of nobody"


def _check_end(ticket: Row) -> None:
    status, is_merged = ticket["status"], ticket["merged_into"] is not None
    for name in ("merged_at", "merged_before"):
        assert (ticket[name] is not None) == is_merged, f"{name} without merging"
    if not is_unfinished(status):
        assert not ticket["open_collaborations"], f"{status}, and others still help"
    if is_unfinished(status):
        for name in ("solution", "solved_at", "solved_seq", "closed_at", "close_kind"):
            assert ticket[name] is None, f"{status} with {name}"
    if status == "solved":
        for name in ("solution", "solved_at", "solved_seq"):
            assert ticket[name], f"solved without {name}"
        assert ticket["closed_at"] is None, "solved, and closed at some time"
    if status in ("closed", "archived"):
        assert ticket["closed_at"], f"{status} at no time"
        assert is_merged == (ticket["close_kind"] is None), "closed as nothing"
        assert not ticket["is_supervised"], f"{status} without sign-off"
    if is_merged:
        assert status in ("closed", "archived", *THROWN_AWAY), f"merged and {status}"
    is_supervised = ticket["supervision"] is not None
    assert ticket["is_supervised"] == is_supervised, "supervised by nobody"
    if status == "purged":
        left: dict[str, Any] = {
            "subject": "-",
            "customer_name": "-",
            "fields": {},
            "tags": [],
            "solution": None,
        }
        assert {name: ticket[name] for name in left} == left, "purged, yet something is left"


def _check_family(key: str, tickets: Mapping[str, Row]) -> None:
    ticket, above = tickets[key], []
    children = [one for one in tickets.values() if one["parent_id"] == key]
    is_open = [one["number"] for one in children if is_unfinished(one["status"])]
    assert ticket["open_children"] == len(is_open), f"{ticket['open_children']} but {is_open}"
    assert not (is_open and ticket["status"] == "solved"), "solved before its children"
    while ticket["parent_id"]:
        above.append(ticket["parent_id"])
        assert len(above) < MOST_LEVELS, "too deep, or a circle"
        ticket = tickets[ticket["parent_id"]]


def _check_counts(key: str, kept: Kept) -> None:
    ticket = kept["tickets"][key]
    own = {
        table: [row for row in kept[table].values() if row["ticket_id"] == key]
        for table in ("timeline_entries", "collaborations", "efforts", "drafts")
    }
    if ticket["status"] == "purged":
        assert not any(own.values()), f"purged, yet it has {own}"
        return
    seqs = sorted(entry["seq"] for entry in own["timeline_entries"])
    assert seqs == list(range(1, ticket["last_entry_seq"] + 1)), "a timeline with a gap"
    urged = [one for one in own["timeline_entries"] if _word(one) == "ticket.urged"]
    assert ticket["urge_count"] == len(urged), "urged, but not so often"
    asked = [one for one in own["collaborations"] if one["state"] in ("asked", "taken")]
    assert ticket["open_collaborations"] == len(asked), "collaborations miscounted"
    assert ticket["effort_minutes"] == sum(one["minutes"] for one in own["efforts"]), "minutes"


def check_passage(method: str, before: Kept, after: Kept) -> None:
    """What was, and what came of it."""
    for key, old in before["tickets"].items():
        assert key in after["tickets"], f"{old['number']} is gone"
        new = after["tickets"][key]
        changed = {name for name in old if old[name] != new[name]}
        fixed = changed & {"number", "number_order", "customer_id", "created_at", "channel"}
        assert not fixed, f"{fixed} changed"
        for name in ("seq", "last_entry_seq", "version", "assignment_epoch", "urge_count"):
            assert new[name] >= old[name], f"{name} went back"
        if old["status"] == "purged":
            left = changed - {*_SILENT, "seq", "updated_at", "touched_at"}
            assert not left, f"{method} changed what is purged: {left}"
        elif old["deleted_at"] and method not in _OUT_OF_BIN:
            assert changed <= _OF_OTHERS, f"{method} changed what is in the bin: {changed}"
        if old["merged_into"] and method not in _OUT_OF_MERGER:
            put_away = {"status"} if new["status"] == "archived" else set()
            assert not changed & set(_WORK) - put_away, (
                f"{method} changed what is merged: {changed}"
            )
        _check_ending(method, old, new)
    _check_old_entries(method, before, after)


def _check_ending(method: str, old: Row, new: Row) -> None:
    was_open, is_open = is_unfinished(old["status"]), is_unfinished(new["status"])
    if was_open and not is_open and new["status"] not in THROWN_AWAY:
        assert not new["open_children"], f"{method} ended a parent before its children"
    if old["is_supervised"] and new["status"] in ("closed", "archived"):
        assert method == "withdraw_request", f"{method} closed what is supervised"
    if old["status"] in ("closed", "archived") and is_open:
        assert method in _OUT_OF_CLOSED, f"{method} reopened what was closed"
    if old["status"] == "archived":
        assert new["status"] in ("archived", "deleted"), f"{method} took up what was archived"


def _check_old_entries(method: str, before: Kept, after: Kept) -> None:
    purged = {
        key
        for key, ticket in after["tickets"].items()
        if ticket["status"] == "purged" and method in PURGING
    }
    for key, entry in before["timeline_entries"].items():
        if entry["ticket_id"] not in purged:
            assert after["timeline_entries"].get(key) == entry, "an entry was changed or lost"


def check_entries(method: str, before: Kept, after: Kept) -> None:
    """Each ticket that changed says so: once for the act, once for each thing it brought about."""
    for key, new in after["tickets"].items():
        old = before["tickets"].get(key)
        words = _new_words(key, before, after)
        if old is None:
            assert words[:2] == ["ticket.created", "message"], f"it began with {words}"
            assert words[2:] in ([], ["note"] if method == "split_ticket" else [])
            continue
        if new["status"] == "purged":
            assert not words, f"{method} left {words} of what is purged"
            continue
        changed = {name for name in old if old[name] != new[name]}
        if not words:
            put_off = _PUT_OFF if method == "remind" else set()
            silent = changed - _SILENT - put_off
            assert not silent, f"{method} changed {silent} without a word"
            continue
        if method in MANY:
            continue
        left = [word for word in words if method not in CONSEQUENCES.get(word, ())]
        # A parent may be told besides; it may be the very ticket of the act.
        own = [word for word in left if word not in _OF_CHILDREN]
        is_parent = len(words) == 1 and words[0] in _OF_CHILDREN
        assert len(own) == 1 or is_parent, f"{method} entered {words}"


def _new_words(key: str, before: Kept, after: Kept) -> list[str]:
    entries = after["timeline_entries"]
    new = [
        entry
        for one, entry in entries.items()
        if one not in before["timeline_entries"] and entry["ticket_id"] == key
    ]
    return [_word(entry) for entry in sorted(new, key=lambda one: one["seq"])]


def _word(entry: Row) -> str:
    """What kind of entry it is."""
    return str(entry["event"]["type"] if entry["event"] else entry["kind"])


def check_said(words: str, before: Kept, after: Kept) -> None:
    """What was accepted can be read in some timeline, or goes on as a draft."""
    for table in ("timeline_entries", "drafts", "problems"):
        for key, row in after[table].items():
            is_new = before[table].get(key) != row
            if is_new and words in json.dumps(row, ensure_ascii=False):
                return
    raise AssertionError(f"{words} was accepted and is nowhere")


def check_restored(before: Row, after: Row) -> None:
    """A merged ticket that is taken apart again is what it was."""
    differences = {
        name: (before[name], after[name])
        for name in (*_WORK, "merged_into", "closed_at", "close_kind", "solved_seq")
        if before[name] != after[name]
    }
    assert not differences, f"unmerging did not restore {differences}"
