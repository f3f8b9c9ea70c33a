"""What staff write down of how content a customer is."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command
from services.ticketing.service import arguments as args
from services.ticketing.service.answers import changed
from services.ticketing.use_cases.satisfaction import judge_ticket

Json = dict[str, Any]


class SatisfactionCalls:
    """Answers to surveys come as events."""

    @command("ticket.judge")
    def judge_ticket(
        self,
        call: Call,
        *,
        number: str,
        is_satisfied: bool,
        words: str,
        score: int | None = None,
        channel: str | None = None,
        said_at: str | None = None,
    ) -> Json:
        """What the customer said in another way than by a survey."""
        ticket, _ = judge_ticket(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            is_satisfied=args.flag_of("is_satisfied", is_satisfied),
            words=words,
            score=args.optional_count("score", score),
            channel=channel,
            said_at=args.optional_instant("said_at", said_at),
        )
        return changed(call, ticket)
