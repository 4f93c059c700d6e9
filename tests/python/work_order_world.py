"""The smallest work-order database: two jobs and what hangs on them, in SQLite and in
PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa
import yaml

from tieout.contracts.check import check
from tieout.landing.land import Landed, land
from tieout.settings import PROJECT, Settings
from tieout.sources.sql.source import DEMO_MAPPING

SCHEMA = PROJECT / "pipelines" / "tieout_demo" / "servers" / "work_orders.sql"
TABLES = ("customers", "jobs", "timesheets", "costs")
AS_OF = date(2026, 3, 10)
FIRST = "2026-03-01 08:00:00"

ROWS: dict[str, list[dict[str, Any]]] = {
    "clients": [
        {"client_no": 1, "trading_name": "O'Hara | Sons", "added_ts": FIRST, "modified_ts": FIRST}
    ],
    "staff": [
        {
            "staff_no": 7,
            "full_name": "Ann Hill",
            "hourly_cost": "31.25",
            "is_active": 1,
            "modified_ts": FIRST,
        }
    ],
    "catalogue_items": [
        {"item_code": "HVAC-1", "title": "Chiller service", "uom": "hour", "modified_ts": FIRST}
    ],
    "job_cards": [
        {
            "job_no": number,
            "job_code": f"JOB-0000{number}",
            "client_no": 1,
            "job_kind": kind,
            "job_state": "in_progress",
            "planned_start": "2026-02-02",
            "notes": "kept in the database",
            "modified_ts": FIRST,
        }
        for number, kind in ((1, "T&M"), (2, "FIXED"))
    ],
    "timesheet_entries": [
        {
            "entry_no": f"TS-000000{number}",
            "job_no": 1,
            "item_code": "HVAC-1",
            "staff_no": 7,
            "worked_on": f"2026-02-0{number}",
            "quantity": "7.2500",
            "uom": "hour",
            "is_chargeable": 1,
            "entry_state": "approved",
            "approved_on": f"2026-02-0{number + 1}",
            "modified_ts": FIRST,
        }
        for number in (3, 4)
    ],
    "job_costs": [
        {
            "cost_no": f"JC-000000{number}",
            "job_no": 1,
            "cost_kind": "subcontract",
            "incurred_on": "2026-02-03",
            "amount": amount,
            "currency_code": "GBP",
            "modified_ts": FIRST,
        }
        for number, amount in ((1, "0.10"), (2, "0.20"), (3, "1999.99"))
    ],
}


class World:
    """A database, and the raw log that it lands in."""

    def __init__(self, url: str, folder: Path) -> None:
        driver = url.replace("postgresql://", "postgresql+psycopg://")
        self.url, self.engine = url, sa.create_engine(driver, poolclass=sa.NullPool)
        self.output, self.config = folder / "warehouse", folder / ".dlt"
        self.config.mkdir()
        self.mapping = folder / "mapping.yml"
        self.map()
        script = re.sub(r"--[^\n]*", "", SCHEMA.read_text(encoding="utf-8"))
        if self.engine.dialect.name == "sqlite":
            script = re.sub(r"NUMERIC\([^)]*\)", "TEXT", script)
        for statement in script.split(";"):
            if statement.strip():
                self.run(statement)
        for table, rows in ROWS.items():
            self.insert(table, *rows)

    def configure(self, url: str) -> None:
        lines = [
            "[sources.field_service]",
            f"database_url = '{url}'",
            f"mapping = '{self.mapping}'",
        ]
        (self.config / "config.toml").write_text("\n".join(lines), encoding="utf-8")

    def map(self, *, tables: tuple[str, ...] = TABLES, **top: Any) -> None:
        """The project's own mapping, of as many tables as the tests need: each costs time."""
        content = yaml.safe_load(DEMO_MAPPING.read_text(encoding="utf-8"))
        kept = {name: content["tables"][name] for name in tables}
        self.mapping.write_text(
            yaml.safe_dump({**content, **top, "tables": kept}), encoding="utf-8"
        )
        self.configure(self.url)

    def run(self, statement: str, **values: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(sa.text(statement), values)

    def insert(self, table: str, *rows: dict[str, Any]) -> None:
        for row in rows:
            self.run(
                f"insert into {table} ({', '.join(row)}) values ({', '.join(f':{c}' for c in row)})",
                **row,
            )

    def land(self) -> Landed:
        (landed,) = land(["field_service"], None, self.config, self.output)
        return landed

    def landed(self) -> Landed:
        """Lands, and nothing may stop it."""
        landed = self.land()
        if landed.error:
            raise landed.error
        return landed

    def check(self) -> str:
        (outcome,) = check(Settings(output=self.output, as_of=AS_OF), lambda *_: None)
        return outcome.status

    @contextmanager
    def raw(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with duckdb.connect(str(self.output / "raw.duckdb")) as connection:
            yield connection

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with self.raw() as connection:
            return connection.execute(query).fetchall()
