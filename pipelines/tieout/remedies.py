"""Remedies that several messages give, in words that are true of this installation: the demo company
and the guides come with the repository, not with the wheel."""

from __future__ import annotations

from importlib.util import find_spec

HAS_DEMO = find_spec("tieout_demo") is not None
RUN_FIRST = f"run `tieout run`{' or `tieout demo`' if HAS_DEMO else ''} first"
CONNECT = (
    "docs/guides/connect_your_systems.md"
    if HAS_DEMO
    else "the comments in .dlt/config.toml and .dlt/secrets.toml"
)
"""Where it is said how a system is connected."""
