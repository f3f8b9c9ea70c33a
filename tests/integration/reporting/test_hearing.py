"""Events in, figures out: the same however often they come and in whatever order."""

from datetime import timedelta

from prometheus_client import REGISTRY

from services.reporting.use_cases.keep_archive import keep_archive
from services.reporting.use_cases.tell_gaps import tell_gaps
from tests.integration.reporting.counting import NOW, Counting
from tests.support.customers import customer
from tests.support.happenings import Life, World, live_many

DAY = {"unit": "day", "from": "2026-03-02"}
# 2026-03-02 in Shanghai.
MORNING = NOW.replace(year=2026, month=3, day=2, hour=1)


def solved_life(world: World) -> Life:
    life = Life(world, MORNING, kind="inquiry", group_id=world.groups[0])
    life.create()
    life.after(timedelta(minutes=10)).assign()
    life.after(timedelta(minutes=20)).reply()
    life.after(timedelta(minutes=30)).solve()
    return life


def acts_of(counting: Counting, life: Life) -> dict[str, int]:
    query = "SELECT what, count(*) AS n FROM acts WHERE ticket_id = :id GROUP BY 1"
    return {row["what"]: row["n"] for row in counting.rows(query, id=life.ticket_id)}


def test_a_solved_ticket_is_new_replied_and_solved(counting: Counting):
    life = solved_life(World(1))
    counting.hear(life.events)
    assert acts_of(counting, life) == {"created": 1, "replied": 1, "solved": 1}
    totals = counting.ask("get_report", metrics=["new", "resolution_mean"], period=DAY)["totals"]
    assert totals["new"]["value"] == 1
    assert totals["resolution_mean"]["value"] == 3600


def test_what_comes_again_and_backwards_changes_nothing(counting: Counting):
    lives = live_many(World(2), 20)
    events = [event for life in lives for event in life.events]
    counting.hear(events)
    query = "SELECT * FROM acts ORDER BY ticket_id, what, nth"
    stays = "SELECT * FROM stays ORDER BY ticket_id, nth"
    before = (counting.rows(query), counting.rows(stays))
    for event in reversed(events):
        counting.hear([event])
    assert (counting.rows(query), counting.rows(stays)) == before
    assert len(counting.rows("SELECT * FROM archive")) == len(events)


def test_a_solution_that_is_heard_of_first_makes_a_ticket_that_waited_since_its_creation(
    counting: Counting,
):
    life = solved_life(World(3))
    [solved] = [event for event in life.events if event.type == "ticket.solved"]
    counting.hear([solved])
    assert acts_of(counting, life)["solved"] == 1
    counting.hear(life.events)
    assert acts_of(counting, life) == {"created": 1, "replied": 1, "solved": 1}


def test_a_clock_that_is_heard_of_before_its_ticket_waits_for_it(counting: Counting):
    life = solved_life(World(10))
    clocks = [event for event in life.events if event.type == "clock.changed"]
    counting.hear(clocks)
    assert acts_of(counting, life) == {}
    counting.hear([event for event in life.events if event not in clocks])
    metrics = ["resolution_business_mean", "first_reply_business_mean"]
    totals = counting.ask("get_report", metrics=metrics, period=DAY)["totals"]
    counted = sum(totals[name]["count"] for name in metrics)
    assert counted == len(clocks) > 0


def test_events_that_are_missing_for_long_are_told_once(counting: Counting):
    def told() -> float:
        name = "tidedesk_sequence_gaps_total"
        return REGISTRY.get_sample_value(name, {"service": "reporting"}) or 0

    life = solved_life(World(4))
    tickets = [event for event in life.events if event.type.startswith("ticket.")]
    counting.hear([tickets[-1]])
    before = told()
    assert tell_gaps(counting.database) == 0
    assert tell_gaps(counting.database, seconds=-1) == 3
    assert tell_gaps(counting.database, seconds=-1) == 0
    assert told() - before == 3
    counting.hear(tickets)
    assert counting.rows("SELECT missing FROM tickets")[0]["missing"] == 0


def test_the_archive_holds_nobodys_words(counting: Counting):
    life = solved_life(World(5))
    counting.hear([*life.events, customer(display_name="韩梅梅")])
    bodies = " ".join(row["body"] for row in counting.rows("SELECT body FROM archive"))
    assert str(life.ticket_id) in bodies
    for secret in ("秘密", "韩梅梅", "geheim@example.com"):
        assert secret not in bodies
    facts = str([row["fact"] for row in counting.rows("SELECT fact FROM facts")])
    assert "秘密" not in facts
    assert "韩梅梅" not in facts


def test_a_ticket_has_the_tier_that_its_customer_had_when_it_was_created(counting: Counting):
    world = World(6)
    life = solved_life(world)
    customer_id = life.header["customer_id"]
    counting.hear(life.events)

    def tiers() -> set[str | None]:
        return {row["tier"] for row in counting.rows("SELECT tier FROM acts")}

    def told(version: int, tier: str, at: timedelta) -> None:
        data = {"customer_id": customer_id, "version": version, "tier": tier}
        time = MORNING + at
        counting.hear([world.event("customer.edited", customer_id, time, data)])

    assert tiers() == {None}
    told(3, "gold", timedelta(days=9))
    assert tiers() == {"gold"}
    told(1, "normal", timedelta(days=-9))
    assert tiers() == {"normal"}
    told(2, "vip", timedelta(seconds=-1))
    assert tiers() == {"vip"}


def test_archived_months_go_when_their_time_is_over_and_figures_stay(counting: Counting):
    counting.load_months()
    life = solved_life(World(7))
    counting.hear(life.events)
    assert keep_archive(counting.database, 0, NOW) == []
    dropped = keep_archive(counting.database, 6, NOW)
    assert "archive_y2026m03" in dropped
    assert "archive_y2026m09" not in dropped
    assert not counting.rows("SELECT * FROM archive")
    assert acts_of(counting, life)["solved"] == 1
