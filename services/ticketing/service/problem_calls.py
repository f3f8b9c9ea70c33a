"""Problem records (问题单), and one answer for all their tickets."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from libs.common.config import Config
from services.ticketing.queries import problems as problem_queries
from services.ticketing.queries.problem_shapes import show_answer, show_problem
from services.ticketing.service import arguments as args
from services.ticketing.service.problem_traces import compared, ordered
from services.ticketing.use_cases import problem_answers, problems

Json = dict[str, Any]


class ProblemCalls:
    """Problems are known to all who may read them; tickets only as far as the scope goes."""

    config: Config

    @query("problem.read")
    def list_problems(
        self,
        call: Call,
        *,
        filters: Json | None = None,
        limit: int = 25,
        cursor: str | None = None,
    ) -> Json:
        """A page of problems."""
        narrowed = args.object_of("filters", filters)
        return problem_queries.list_problems(call.uow, narrowed, limit, cursor)

    @query("problem.read")
    def get_problem(self, call: Call, *, number: str) -> Json:
        """One with its answers."""
        return problem_queries.get_problem(call.uow, args.number_of(number))

    @query("problem.read")
    def list_problem_tickets(
        self, call: Call, *, number: str, limit: int = 25, cursor: str | None = None
    ) -> Json:
        """A page of its tickets."""
        wanted = args.number_of(number)
        return problem_queries.list_problem_tickets(call.uow, call.actor, wanted, limit, cursor)

    @query("problem.read")
    def count_problem_volume(self, call: Call, *, number: str) -> Json:
        """How many tickets came on each day."""
        zone = self.config.business_zone
        return problem_queries.count_volume(call.uow, args.number_of(number), zone, call.now)

    @query("problem.read")
    def list_answer_items(
        self,
        call: Call,
        *,
        number: str,
        answer_id: str,
        status: str | None = None,
        limit: int = 25,
        cursor: str | None = None,
    ) -> Json:
        """What became of each ticket of an answer."""
        wanted = args.uuid_of("answer_id", answer_id)
        return problem_queries.list_answer_items(
            call.uow, call.actor, args.number_of(number), wanted, status, limit, cursor
        )

    @command("problem.manage")
    def create_problem(self, call: Call, *, problem: Json) -> Json:
        """A new record."""
        made = problems.create_problem(
            call.uow, call.actor, call.now, self.config.business_zone, _values(problem)
        )
        shown = show_problem(made)
        return shown | {"audit": compared(None, shown)}

    @command("problem.manage")
    def edit_problem(self, call: Call, *, number: str, version: int | None, changes: Json) -> Json:
        """Change a record."""
        before, after = problems.edit_problem(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            version=args.optional_count("version", version),
            changes=_values(changes),
        )
        counts = problem_queries.count_linked(call.uow, [after.problem_id])[after.problem_id]
        shown = show_problem(after, counts)
        return shown | {"audit": compared(show_problem(before, counts), shown)}

    @command("ticket.link")
    def link_problem(self, call: Call, *, number: str, numbers: list[str]) -> Json:
        """The problem is behind these tickets."""
        wanted = args.numbers_of("numbers", numbers)
        problem, _ = problems.link_problem(
            call.uow, call.actor, call.now, number=args.number_of(number), tickets=wanted
        )
        call.uow.session.flush()
        counts = problem_queries.count_linked(call.uow, [problem.problem_id])[problem.problem_id]
        return show_problem(problem, counts) | {"audit": ordered(problem, {"linked": wanted})}

    @command("ticket.link")
    def unlink_problem(self, call: Call, *, number: str, ticket: str) -> Json:
        """It is not behind this ticket, after all."""
        left = problems.unlink_problem(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            ticket_number=args.number_of(ticket),
        )
        trace = {"object": args.number_of(number), "before": {"linked": [left.number]}, "after": {}}
        return {"audit": trace}

    @command("problem.answer")
    def start_problem_answer(
        self, call: Call, *, number: str, text: str, solves: bool = True
    ) -> Json:
        """Answer all its unfinished tickets."""
        problem, answer = problem_answers.start_answer(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            text=text,
            solves=args.flag_of("solves", solves),
        )
        said = problem_queries.text_of(call.uow.session, answer) or ""
        told = {"answering": answer.total, "solves": answer.solves, "characters": len(said)}
        return show_answer(answer, said, {}) | {"audit": ordered(problem, told)}

    @command("problem.answer")
    def stop_problem_answer(self, call: Call, *, number: str) -> Json:
        """Leave alone what has not been answered yet."""
        problem, answer = problem_answers.stop_answer(
            call.uow, call.now, number=args.number_of(number)
        )
        share = problem_queries.answered_share(call.uow.session, [answer.answer_id])
        told = {"answering": "stopped"}
        said = problem_queries.text_of(call.uow.session, answer)
        shown = show_answer(answer, said, share[answer.answer_id])
        return shown | {"audit": ordered(problem, told)}


def _values(values: Json) -> Json:
    given = dict(args.object_of("problem", values))
    for name in ("owner_id", "group_id"):
        if name in given:
            given[name] = args.optional_uuid(name, given[name])
    return given
