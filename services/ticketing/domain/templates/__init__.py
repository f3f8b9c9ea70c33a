"""Templates of tickets: typed fields, when they show, what each stage of a ticket's life asks for.

A definition is read from JSON once and never changes; tickets keep the version they began with.
"""

from services.ticketing.domain.templates.confidentiality import Confidentiality
from services.ticketing.domain.templates.definition import Definition
from services.ticketing.domain.templates.faults import Fault, Faults, refuse
from services.ticketing.domain.templates.fields import Field
from services.ticketing.domain.templates.parsing import parse_definition
from services.ticketing.domain.templates.requesters import Requesters
from services.ticketing.domain.templates.requirements import STAGES, Requirement
from services.ticketing.domain.templates.version import TemplateVersion

__all__ = [
    "STAGES",
    "Confidentiality",
    "Definition",
    "Fault",
    "Faults",
    "Field",
    "Requesters",
    "Requirement",
    "TemplateVersion",
    "parse_definition",
    "refuse",
]
