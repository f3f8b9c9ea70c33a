"""What keys of a dimension are called."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.conditions import FIELDS
from libs.common.directory.finders import names_of
from libs.common.directory.tables import DEPARTMENTS, GROUPS, PEOPLE, REGIONS
from services.reporting.domain.vocabulary import CATEGORY, NONE, OTHERS
from services.reporting.storage.categories import paths_of

_DIRECTORY = {
    "group": GROUPS,
    "department": DEPARTMENTS,
    "agent": PEOPLE,
    "region": REGIONS,
}
_NONE = {
    "group": ("未分组", "No group"),
    "department": ("无部门", "No department"),
    "agent": ("未分配", "Nobody"),
    "category": ("未分类", "No category"),
    "region": ("无地区", "No region"),
    "tier": ("未知", "Unknown"),
}
_NOTHING, _OTHERS = ("无", "None"), ("其他", "Others")


def labels_of(
    session: Session, dimension: str, keys: Collection[str], language: str
) -> dict[str, str]:
    """A name for each key, in the language (zh or en); what nobody has named is its own name."""
    place = 1 if language == "en" else 0
    labels = {NONE: _NONE.get(dimension, _NOTHING)[place], OTHERS: _OTHERS[place]}
    if dimension in _DIRECTORY:
        ids = [UUID(key) for key in keys if key not in (NONE, OTHERS)]
        names = names_of(session, _DIRECTORY[dimension], ids)
        labels |= {str(key): name for key, name in names.items()}
    elif dimension == CATEGORY:
        paths = paths_of(session, language)
        labels |= {key: " › ".join(paths[key]) for key in keys if key in paths}
    else:
        words = FIELDS[dimension].choices if dimension in FIELDS else {}
        labels |= {key: label[place] for key, label in (words or {}).items()}
    return {key: labels.get(key, key) for key in keys}
