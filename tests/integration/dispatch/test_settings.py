"""What holds for everybody; new weights hold for what people have already."""

from uuid import UUID

import pytest

from libs.common.errors import Stale
from tests.integration.dispatch.calling import errors_of, refusal_of
from tests.integration.dispatch.floor import Floor
from tests.support.asking import Ask


def test_new_weights_hold_for_what_people_have_already(ask: Ask, floor: Floor, person: UUID):
    life = floor.ticket(urgency="urgent")
    floor.hear(life.assign(person))
    assert floor.load(person) == (2, 1, 0)
    weights = {"urgency": {"normal": 1, "urgent": 5, "critical": 9}, "channel": {"mail": 1}}
    answer = ask("edit_settings", version=1, changes={"weights": weights})
    assert answer["weights"] == weights
    assert "object" not in answer["audit"]
    assert floor.load(person)[0] == 6
    floor.hear(life.wait_for_customer())
    assert floor.load(person)[0] == 0
    ask("edit_settings", changes={"pending_counts": True})
    assert floor.load(person)[0] == 6


def test_settings_are_shown_changed_and_guarded(ask: Ask, floor: Floor):
    before = ask("get_settings")
    assert set(before) == {
        "default_capacity", "critical_excess", "heartbeat_seconds", "sticky_days", "grab_quota",
        "weights", "pending_counts", "version",
    }  # fmt: skip
    changes = {"default_capacity": 7, "heartbeat_seconds": 90}
    after = ask("edit_settings", version=1, changes=changes)
    assert after["audit"]["before"] == {"default_capacity": 10, "heartbeat_seconds": 120}
    del after["audit"]
    assert after == before | changes | {"version": 2} == ask("get_settings")
    stale = refusal_of(lambda: ask("edit_settings", version=1, changes={}))
    assert isinstance(stale, Stale)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"default_capacity": 1001}, "default_capacity"),
        ({"heartbeat_seconds": 1}, "heartbeat_seconds"),
        ({"pending_counts": "no"}, "pending_counts"),
        ({"weights": {"urgency": {"normal": 1}}}, "weights.urgency.urgent"),
        ({"weights": {"urgency": {"normal": -1, "urgent": 1, "critical": 1}}},
         "weights.urgency.normal"),
        ({"weights": {"urgency": {"lazy": 1, "normal": 1, "urgent": 1, "critical": 1}}},
         "weights.urgency"),
        ({"weights": {"channel": {"E-Mail": 1}}}, "weights.channel.E-Mail"),
        ({"weights": []}, "weights"),
        ({"rules_revision": 0}, "rules_revision"),
        ({"version": 3}, "version"),
    ],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused_by_their_field(ask: Ask, changes, field: str):
    assert field in errors_of(lambda: ask("edit_settings", changes=changes))
