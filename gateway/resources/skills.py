"""Skills that people have and tickets want."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.agent import NewSkill, Skill, SkillChanges, SkillPage
from gateway.schemas.organisation import InactiveQuery

blueprint = ApiBlueprint("skills", __name__, url_prefix="/skills", description="Skills of agents")


@blueprint.operation("GET", "")
@requires("dispatch.read")
@blueprint.arguments(InactiveQuery, location="query")
@blueprint.response(200, SkillPage)
def list_skills(wanted: dict[str, Any]) -> Response:
    """Skills by name."""
    return answer(query("dispatch", "list_skills", wanted))


@blueprint.operation("POST", "", is_command=True)
@requires("dispatch.manage")
@blueprint.arguments(NewSkill)
@blueprint.response(201, Skill, headers=ETAG_HEADER)
def create_skill(skill: dict[str, Any]) -> Response:
    """Add a skill."""
    return present(command("dispatch", "create_skill", skill), 201)


@blueprint.operation(
    "PATCH", "/<uuid:skill_id>", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("dispatch.manage")
@blueprint.arguments(SkillChanges)
@blueprint.response(200, Skill, headers=ETAG_HEADER)
def edit_skill(changes: dict[str, Any], skill_id: UUID) -> Response:
    """Rename a skill, or put it out of use and back."""
    version = expected_version(is_required=True)
    args = {"skill_id": str(skill_id), "version": version, "changes": changes}
    return present(command("dispatch", "edit_skill", args))
