"""Cursors: how far a landing has read, in the source's own times of change.

None goes beyond the moment at which the reading began. A record dated in the future would else hide
every change after it, until that day has come.
"""

from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo


def moment(zone: str = "UTC") -> datetime:
    """Now, as a clock in that zone shows it, without its zone."""
    return datetime.now(timezone.utc).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
