"""How fast a robot may speak: what stays below its limit is never locked out."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

_MOST_KEPT = 1_000


class Pace:
    """At most `most` in any `seconds`, in this process."""

    def __init__(
        self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._taken: deque[float] = deque()

    def take(self) -> float:
        """0 if one may go now, and it counts; else the seconds until one may."""
        with self._lock:
            now = self._clock()
            while self._taken and now - self._taken[0] >= self._seconds:
                self._taken.popleft()
            if len(self._taken) >= self._most:
                return self._seconds - (now - self._taken[0])
            self._taken.append(now)
            return 0.0


class Paces:
    """One pace for each robot, however often its sender is made anew.

    DingTalk and WeCom both document 20 messages a minute for a robot
    (open.dingtalk.com/document/robots/custom-robot-access,
    developer.work.weixin.qq.com/document/path/91770).
    """

    def __init__(self, most: int = 20, seconds: float = 60.0) -> None:
        self._limit = (most, seconds)
        self._lock = threading.Lock()
        self._paces: OrderedDict[str, Pace] = OrderedDict()

    def of(self, url: str) -> Pace:
        """The longest unused are forgotten when there are very many."""
        with self._lock:
            pace = self._paces.setdefault(url, Pace(*self._limit))
            self._paces.move_to_end(url)
            while len(self._paces) > _MOST_KEPT:
                self._paces.popitem(last=False)
            return pace
