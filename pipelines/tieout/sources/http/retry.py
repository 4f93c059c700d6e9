"""How often and how long a source is asked again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timezone
from email.utils import parsedate_to_datetime


@dataclass(frozen=True)
class Retry:
    """How often and how long to ask again. Times in seconds."""

    attempts: int = 8
    first_pause: float = 0.5
    longest_pause: float = 30.0
    total_pause: float = 300.0
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    # Of one answer, from the question to its last byte: one that comes byte by byte ends here.
    longest_answer: float = 300.0

    def back_off(self, failures: int) -> float:
        """The pause after that many failures in a row when the source names none."""
        return min(self.first_pause * 2.0 ** (failures - 1), self.longest_pause)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds the source asks us to wait, or None if it names no time that lies ahead. `now` is a
    Unix time."""
    value = headers.get("Retry-After", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            at = parsedate_to_datetime(value)
        except ValueError:
            return None
        # An HTTP date is in GMT even where its zone reads as unknown.
        seconds = (at if at.tzinfo else at.replace(tzinfo=timezone.utc)).timestamp() - now
    return seconds if math.isfinite(seconds) and seconds > 0 else None
