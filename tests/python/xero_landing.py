"""Landing the hand-checked ledger with the real pipeline, and asking the raw database what came of
it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from tieout.landing.land import Landed, land
from tieout_demo.servers.xero.server import XeroServer


def configure(output: Path, server: XeroServer, **overrides: str | int) -> Path:
    """The files a user writes; an override of a secret goes to the secrets."""
    config: dict[str, str | int] = {
        "base_url": server.base_url,
        "token_url": server.token_url,
        "tenant_id": server.tenant_id,
        "calls_per_minute": 100_000,
        "page_size": 2,
    }
    secrets: dict[str, str | int] = {
        "client_id": server.client_id,
        "client_secret": server.client_secret,
    }
    for name, value in overrides.items():
        (secrets if name in secrets else config)[name] = value
    folder = output / ".dlt"
    folder.mkdir(parents=True, exist_ok=True)
    for file, values in (("config.toml", config), ("secrets.toml", secrets)):
        lines = [
            f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {value}"
            for name, value in values.items()
        ]
        (folder / file).write_text("[sources.xero]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return folder


def landed(output: Path, server: XeroServer, **overrides: str | int) -> Landed:
    """One landing of Xero alone."""
    return land(["xero"], None, configure(output, server, **overrides), output)[-1]


def asked(output: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of the raw database."""
    with duckdb.connect(str(output / "raw.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def content(output: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of the ledger without what differs from load to load."""
    names = asked(
        output, "select table_name from information_schema.tables where table_schema = 'raw_xero'"
    )
    return {
        name: asked(
            output,
            f"select * exclude (_load_id, _landed_at) from raw_xero.{name} order by _record_key, _version",
        )
        for (name,) in names
        if name != "load_log" and not name.startswith("_dlt")
    }
