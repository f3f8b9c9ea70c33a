"""Categories by what people write into a column: 售后/产品维修, 产品维修, or an id."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

_BETWEEN = re.compile(r"[/／›>＞]")


class Categories:
    """Those that new tickets can take; names in either language, whatever their letters' case."""

    def __init__(self, items: Iterable[Mapping[str, Any]] = ()) -> None:
        """`items`: all there are, as ticketing tells them."""
        known = list(items)
        away = {one["category_id"] for one in known if not one["is_active"]}
        self._whole: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._ends: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for one in known:
            if not away.isdisjoint(one["path"]):
                continue
            key = one["category_id"]
            self._whole[(key.lower(),)].add(key)
            for names in one["names"].values():
                parts = tuple(name.strip().lower() for name in names)
                self._whole[parts].add(key)
                for start in range(1, len(parts)):
                    self._ends[parts[start:]].add(key)

    def find(self, words: str) -> list[str]:
        """Their ids: those with this whole path, else all whose path ends so."""
        parts = (part.strip().lower() for part in _BETWEEN.split(words))
        wanted = tuple(part for part in parts if part)
        return sorted(self._whole.get(wanted) or self._ends.get(wanted) or ())
