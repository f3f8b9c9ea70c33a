"""Which categories a template's tickets may have, and what can never work."""

from dataclasses import replace
from uuid import UUID

import pytest

from libs.common.errors import InvalidInput
from services.ticketing.domain.categories import Node, Tree
from services.ticketing.domain.edits import differences
from services.ticketing.domain.templates.content import parse_content
from services.ticketing.domain.templates.notes import Notes
from services.ticketing.domain.templates.offering import (
    check_beginnings,
    check_offered,
    chosen_by,
    offered_in,
    place_named,
    refuse_unoffered,
    requesters_choice,
    stored_offered,
)
from services.ticketing.domain.templates.requesters import Requesters
from tests.unit.ticketing.making import BOSS, accepted_ticket, by
from tests.unit.ticketing.template_making import defined, published

AFTER, REPAIR, PARTS, ORDERS, LATE, GONE, BELOW = (UUID(int=n) for n in range(1, 8))
TREE = Tree(
    [
        Node(AFTER, None, "售后"),
        Node(ORDERS, None, "订单", "Orders"),
        Node(REPAIR, AFTER, "产品维修"),
        Node(PARTS, REPAIR, "配件", defaults={"template_key": "repair"}),
        Node(LATE, ORDERS, "物流异常"),
        Node(GONE, None, "停用", is_active=False, defaults={"template_key": "repair"}),
        Node(BELOW, GONE, "下级", defaults={"template_key": "repair"}),
    ]
)
WORDS = {"name": {"zh": "报修"}, "kind": "repair", "fields": []}


def offering(*ids: UUID):
    return replace(published(defined()), categories=ids)


def errors_of(values):
    with pytest.raises(InvalidInput) as refusal:
        parse_content(values)
    return list(refusal.value.details["errors"])


def test_a_template_offers_what_it_names_and_all_below():
    template = offering(REPAIR)
    assert [template.offers(TREE.place(one)) for one in (AFTER, REPAIR, PARTS, ORDERS)] == [
        *(False, True, True, False),
    ]
    # A ticket need not have one.
    assert template.offers(None)
    refuse_unoffered(template, TREE.place(PARTS))
    with pytest.raises(InvalidInput) as refusal:
        refuse_unoffered(template, TREE.place(ORDERS))
    assert refusal.value.code == "category.not_offered"
    assert list(refusal.value.details["errors"]) == ["category_id"]


def test_a_template_that_names_none_offers_every_one():
    assert all(offering().offers(TREE.place(one)) for one in TREE.nodes)
    refuse_unoffered(None, TREE.place(LATE))


def test_what_may_be_chosen_stands_in_the_trees_order_without_what_is_archived():
    def chosen(*ids):
        return [one.category_id for one in offered_in(TREE, ids)]

    assert chosen(ORDERS, REPAIR) == [REPAIR, PARTS, ORDERS, LATE]
    assert chosen(GONE, LATE) == [LATE]
    assert chosen() == [AFTER, REPAIR, PARTS, ORDERS, LATE]


def test_what_a_template_offers_is_read_and_written_the_same():
    given = {**WORDS, "categories": [str(REPAIR), str(LATE), str(REPAIR)]}
    content = parse_content(given)
    assert content.categories == (REPAIR, LATE)
    assert content.as_json()["categories"] == [str(REPAIR), str(LATE)]
    assert parse_content(content.as_json()) == content
    assert stored_offered(content.as_json()["categories"]) == content.categories
    # As templates of before, which named none.
    assert "categories" not in parse_content(WORDS).as_json()
    assert stored_offered(None) == ()


def test_what_is_no_category_is_named_by_its_place():
    given = {**WORDS, "categories": ["售后", str(LATE), ["售后", "别处"]]}
    assert errors_of(given) == ["categories[0]", "categories[2]"]
    assert errors_of({**WORDS, "categories": "售后"}) == ["categories"]


def test_requesters_choose_only_where_something_is_named():
    asked = {"hidden": [], "categories": True}
    assert errors_of({**WORDS, "requesters": asked}) == ["requesters.categories"]
    content = parse_content({**WORDS, "requesters": asked, "categories": [str(LATE)]})
    assert content.requesters
    assert content.requesters.categories
    assert errors_of({**WORDS, "requesters": {"categories": "yes"}}) == ["requesters.categories"]


@pytest.mark.parametrize(
    ("offered", "wrong"),
    [
        ((GONE,), ["categories"]),
        ((BELOW, GONE), ["categories"]),
        ((GONE, LATE), []),
        ((UUID(int=99), LATE), ["categories[0]"]),
        ((), []),
    ],
)
def test_an_offer_of_which_nothing_is_in_use_cannot_work(offered, wrong):
    notes = Notes()
    check_offered(notes, "categories", offered, TREE)
    assert list(notes.errors) == wrong


def test_whoever_begins_with_a_template_must_be_offered_by_it():
    def wrong(key, *offered):
        notes = Notes()
        check_beginnings(notes, "categories", key, offered, TREE)
        return notes.errors

    assert "售后 › 产品维修 › 配件" in wrong("repair", LATE)["categories"][0]
    assert not wrong("repair", AFTER)
    assert not wrong("repair")
    assert not wrong("inquiry", LATE)


def test_a_path_of_names_finds_its_category():
    assert place_named(TREE, ["售后", "产品维修"]) == REPAIR
    assert place_named(TREE, ["产品维修"]) is None


def ticket_with(template, category):
    ticket = accepted_ticket()
    ticket.template, ticket.template_version_id = template, template.template_version_id
    ticket.category, ticket.category_id = category, category.category_id
    return ticket


def test_staff_put_a_ticket_only_where_its_template_lets_it():
    ticket = ticket_with(offering(AFTER), TREE.place(REPAIR))
    with pytest.raises(InvalidInput) as refusal:
        differences(ticket, {"category": TREE.place(LATE)})
    assert refusal.value.code == "category.not_offered"
    ticket.edit({"category": TREE.place(PARTS)}, None, by(BOSS))
    assert ticket.category_id == PARTS
    ticket.edit({"category": None}, None, by(BOSS))
    assert ticket.category_id is None


def test_a_ticket_keeps_a_category_that_is_offered_no_longer():
    ticket = ticket_with(offering(ORDERS), TREE.place(REPAIR))
    assert differences(ticket, {"category": TREE.place(REPAIR)}) == []
    ticket.edit({"subject": "换个主题"}, None, by(BOSS))
    assert ticket.category_id == REPAIR


def test_a_change_of_template_tells_the_category_that_is_lost():
    ticket = ticket_with(offering(AFTER), TREE.place(REPAIR))
    new = replace(offering(ORDERS), key="orders")
    plan = ticket.plan_template(new, "repair", {}, {})
    assert plan.lost_category == TREE.place(REPAIR)
    entry = ticket.change_template(new, "repair", plan, None, by(BOSS))
    assert (ticket.category, ticket.category_id) == (None, None)
    assert entry.event["lost_category"]["names"]["zh"] == ["售后", "产品维修"]
    assert ticket.facts[-1].details["lost_category_id"] == REPAIR
    assert ticket.facts[-1].header["category_path"] == []


def test_a_change_of_template_keeps_a_category_that_is_offered():
    ticket = ticket_with(offering(), TREE.place(REPAIR))
    new = replace(offering(AFTER), key="after")
    plan = ticket.plan_template(new, "repair", {}, {})
    assert plan.lost_category is None
    entry = ticket.change_template(new, "repair", plan, None, by(BOSS))
    assert ticket.category_id == REPAIR
    assert entry.event["lost_category"] is None


def test_requesters_choose_where_that_is_theirs_and_nowhere_else():
    closed = offering(REPAIR)
    may = replace(closed, requesters=Requesters(categories=True))
    assert [one.category_id for one in requesters_choice(may, TREE)] == [REPAIR, PARTS]
    assert requesters_choice(replace(may, requesters=Requesters()), TREE) == []
    assert requesters_choice(closed, TREE) == requesters_choice(None, TREE) == []


def test_a_whole_path_means_one_category_and_its_end_all_that_end_so():
    again, other = UUID(int=20), UUID(int=21)
    nodes = [*TREE.nodes.values(), Node(again, ORDERS, "产品维修"), Node(other, ORDERS, "售后")]
    tree = Tree(nodes)

    def meant(words):
        return {one.category_id for one in chosen_by(tree, offered_in(tree, []), words)}

    assert meant("产品维修") == {REPAIR, again}
    assert meant("售后 › 产品维修") == meant(str(REPAIR)) == {REPAIR}
    assert meant("orders/产品维修") == {again}
    assert meant("售后") == {AFTER}
    assert meant("订单／售后") == {other}
    # What is not offered is not meant.
    assert meant("停用") == meant("没有") == meant("") == set()
    assert chosen_by(tree, [tree.place(ORDERS)], "产品维修") == []
