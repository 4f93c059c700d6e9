"""Holding calls back to what a source allows, so that it does not have to refuse them."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence


class RateLimit:
    """At most `calls` in any `seconds` for each of `windows` ((calls, seconds), …), and at most
    `concurrency` at once.

    It governs the URLs that contain `path`; all of them by default. Threads share one instance.
    """

    def __init__(
        self,
        windows: Sequence[tuple[int, float]] = (),
        *,
        concurrency: int | None = None,
        path: str = "",
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._windows = tuple(
            (calls, seconds, deque[float](maxlen=calls)) for calls, seconds in windows
        )
        self._slots = threading.BoundedSemaphore(concurrency) if concurrency else None
        self._path = path
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()

    def applies_to(self, url: str) -> bool:
        return self._path in url

    def acquire(self) -> None:
        """Waits until one more call is allowed, and counts it. Pair with `release`."""
        if self._slots is not None:
            self._slots.acquire()
        while (pause := self._take()) > 0:
            self._sleep(pause)

    def release(self) -> None:
        """Says that the call has ended."""
        if self._slots is not None:
            self._slots.release()

    def _take(self) -> float:
        """Counts the call and returns 0, or returns the seconds until the fullest window has
        room."""
        with self._lock:
            now = self._clock()
            pause = max((self._until_room(window, now) for window in self._windows), default=0.0)
            if pause <= 0:
                for _, _, taken in self._windows:
                    taken.append(now)
            return pause

    @staticmethod
    def _until_room(window: tuple[int, float, deque[float]], now: float) -> float:
        calls, seconds, taken = window
        return taken[0] + seconds - now if len(taken) == calls else 0.0
