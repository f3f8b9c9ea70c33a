"""Surveys over RPC: answered by whoever has a link, set up and read by staff."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from services.notify.queries import surveys as queries
from services.notify.service import arguments as args
from services.notify.service.provide_surveys import SurveyDeskProvider
from services.notify.storage.survey_settings import read_settings
from services.notify.use_cases.answer_survey import answer_survey
from services.notify.use_cases.edit_survey_settings import edit_survey_settings

Json = dict[str, Any]


class SurveyCalls:
    """`survey.open` and `survey.answer` are the gateway's own: it asks for whoever has a link."""

    survey_desk = SurveyDeskProvider()

    @query("survey.open")
    def get_survey(self, call: Call, *, link: str, language: str | None = None) -> Json:
        """What stands behind a link."""
        spoken = None if language is None else args.language_of(language)
        return queries.get_survey(call.uow, self.survey_desk, call.now, link, spoken)

    @command("survey.answer")
    def answer_survey(
        self,
        call: Call,
        *,
        link: str,
        score: int,
        nps: int | None = None,
        tags: list[str] | None = None,
        comment: str | None = None,
    ) -> Json:
        """Answer once; the same answer again has the same result."""
        row, settings = answer_survey(
            call.uow,
            self.survey_desk,
            call.now,
            link=link,
            score=score,
            nps=nps,
            tags=tags,
            comment=comment,
        )
        return queries.show_page(row, settings, self.survey_desk.company, call.now)

    @query("request.own")
    def get_request_survey(self, call: Call, *, number: str) -> Json | None:
        """Where the requester can rate an own ticket, if they can now."""
        return queries.get_request_survey(
            call.uow.session, call.actor, self.survey_desk, call.now, args.text_of("number", number)
        )

    @query("survey.read")
    def list_surveys(
        self,
        call: Call,
        *,
        filters: Json | None = None,
        limit: int = 25,
        cursor: str | None = None,
    ) -> Json:
        """What customers answered about the tickets that the caller may see."""
        return queries.list_surveys(
            call.uow, call.actor, self.survey_desk.keys, filters or {}, limit, cursor
        )

    @query("survey.read")
    def get_survey_settings(self, call: Call) -> Json:
        """Whether, when and how customers are asked."""
        return read_settings(call.uow.session).as_json()

    @query("ticket.read")
    def list_survey_tags(self, call: Call) -> Json:
        """What the reasons that customers chose are called, for whoever reads tickets."""
        return {"items": read_settings(call.uow.session).as_json()["tags"]}

    @command("survey.manage")
    def edit_survey_settings(
        self, call: Call, *, changes: Json, version: int | None = None
    ) -> Json:
        """Change some of it."""
        before, after = edit_survey_settings(call.uow, version, changes)
        old, new = before.as_json(), after.as_json()
        told = [name for name in new if name != "version" and old[name] != new[name]]
        audit = {
            "before": {name: old[name] for name in told},
            "after": {name: new[name] for name in told},
        }
        return new | {"audit": audit}
