"""Changes whether and how customers are asked."""

from collections.abc import Mapping
from typing import Any

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Stale
from services.notify.domain.survey_settings import SurveySettings, changed
from services.notify.storage.survey_settings import lock_settings, write_settings


def edit_survey_settings(
    uow: UnitOfWork, version: int | None, changes: Mapping[str, Any]
) -> tuple[SurveySettings, SurveySettings]:
    """A list or the texts are replaced as a whole; returns all before and after."""
    before = lock_settings(uow.session)
    if version is not None and version != before.version:
        raise Stale(
            "version.stale",
            "somebody changed the settings in the meantime",
            {"version": before.version},
        )
    wanted = changed(before, changes).as_json()
    return before, write_settings(uow.session, {name: wanted[name] for name in changes})
