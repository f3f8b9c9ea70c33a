"""How the circle closes: what the customer thinks of it, what follows, and what is counted."""

import re
from email.message import EmailMessage
from typing import Any

from libs.common.testing.eventually import eventually
from tests.demo.customer import text_of
from tests.demo.desk import Desk
from tests.demo.samples import HIGH_COMMENT, LOW_COMMENT, SECOND_SOLUTION
from tests.demo.story import Outside, Say, solve

_LINK = re.compile(r"https?://\S+/s/[A-Za-z0-9_-]+")
_PATIENCE = 30  # seconds
_SHOWN = ("new", "solved", "first_reply_mean", "fcr_rate", "satisfaction_mean", "response_rate")


def close_circle(
    outside: Outside, desk: Desk, supervisor: Desk, number: str, address: str, say: Say
) -> None:
    """Rated low: reopened and told; solved again, rated well, closed, counted."""
    first = survey_link(outside, address, 1, say)
    rate(outside, first, address, 2, LOW_COMMENT, say)
    see_follow_up(desk, supervisor, number, say)
    solve(desk, outside, number, address, say, SECOND_SOLUTION)
    second = survey_link(outside, address, 2, say)
    rate(outside, second, address, 5, HIGH_COMMENT, say)
    close(desk, number, say)
    see_figures(supervisor, number, say)


def survey_links(mails: list[EmailMessage]) -> list[str]:
    """The links to surveys in these mails, each once, oldest first."""
    found = [link for mail in mails for link in _LINK.findall(text_of(mail))]
    return list(dict.fromkeys(found))


def survey_link(outside: Outside, address: str, wanted: int, say: Say) -> str:
    """The link of the `wanted`th survey that the customer is sent."""

    def links() -> list[str]:
        found = survey_links(outside.mailbox.mails_to(address))
        return found if len(found) >= wanted else []

    link = eventually(links, _PATIENCE)[wanted - 1]
    say(f"  and is asked: {outside.surveys.open(link)['question']} ({link})")
    return link


def rate(outside: Outside, link: str, address: str, score: int, words: str, say: Say) -> None:
    """The customer answers, without a login."""
    shown = outside.surveys.answer(link, score=score, comment=words)
    assert shown["state"] == "answered", shown
    say(f"{address} answers: {score} of 5, “{words}”")


def see_follow_up(desk: Desk, supervisor: Desk, number: str, say: Say) -> None:
    """A low score reopens the ticket (待跟进), tells whoever leads, and forbids to close it."""

    def reopened() -> bool:
        return desk.ticket(number)["status"] == "follow_up"

    eventually(reopened, _PATIENCE)
    ticket = desk.ticket(number)
    assert ticket["is_dissatisfied"], ticket
    listed = supervisor.ask("GET", "/tickets?view=follow_up&limit=100")["items"]
    assert number in {row["number"] for row in listed}
    say(f"{number} is {ticket['status']} and stands in the view 待跟进")
    notice = eventually(lambda: _rated_low(supervisor, number), _PATIENCE)
    say(f"  {supervisor.person['name']} is told: {notice['title']}")


def _rated_low(supervisor: Desk, number: str) -> dict[str, Any] | None:
    notices = supervisor.ask("GET", "/notices?unread=true")["items"]
    wanted = ("rated_low", number)
    return next((one for one in notices if (one["occasion"], one["ticket_number"]) == wanted), None)


def close(desk: Desk, number: str, say: Say) -> None:
    """Possible once the customer is satisfied."""

    def is_satisfied() -> bool:
        ticket = desk.ticket(number)
        return ticket["score"] == 5 and not ticket["is_dissatisfied"]

    eventually(is_satisfied, _PATIENCE)
    ticket = desk.ask("PUT", f"/tickets/{number}/status", {"status": "closed"})
    say(f"{desk.person['name']} closes {number}: {ticket['status']}, rated {ticket['score']}")


def see_figures(supervisor: Desk, number: str, say: Say) -> None:
    """The ticket is counted, and the dashboard shows it."""
    asked = {"metric": "satisfaction_mean", "period": {"unit": "day"}}

    def counted() -> bool:
        page = supervisor.ask("POST", "/reports/tickets", asked)
        return [row["number"] for row in page["items"]].count(number) == 2

    eventually(counted, _PATIENCE)
    dashboard = supervisor.ask("GET", "/reports/dashboard?unit=day")
    say(f"the dashboard of today counts {number}:")
    for tile in dashboard["tiles"]:
        if tile["key"] in _SHOWN:
            say(f"    {tile['label']}: {_shown(tile)}")


def _shown(tile: dict[str, Any]) -> str:
    value, unit = tile["value"], tile["unit"]
    if value is None:
        return "–"
    if unit == "seconds":
        return f"{value:.0f} s"
    return f"{value:.0%}" if unit == "share" else f"{value:g}"
