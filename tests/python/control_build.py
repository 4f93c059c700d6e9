"""One build of all the smallest companies, and what every control found in each."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb
from control_boundaries import BOUNDARIES
from control_companies import AS_OF, KINDS, Company, write
from control_faults import FAULTS, LATER, OWN_FOLDER

from tieout.landing.land import land
from tieout.settings import Settings
from tieout.warehouse.build import dbt

CLEAN = {kind.__name__: f"{900 + number}" for number, kind in enumerate(KINDS)}
BROKEN = {control: f"{100 + number}" for number, control in enumerate(FAULTS)}
EDGES = tuple(f"{300 + number}" for number in range(len(BOUNDARIES)))
FIXTURES = Path(__file__).parents[1] / "fixtures"
EXPECTED = FIXTURES / "control_findings.csv"
SURVIVORS = FIXTURES / "control_survivors.csv"
COLUMNS = (
    "control_id",
    "entity",
    "entity_id",
    "part",
    "cause",
    "at_risk",
    "occurred_on",
    "expected",
    "actual",
    "evidence",
)


@dataclass(frozen=True)
class Judged:
    """The build, and for each company the controls that spoke of it."""

    settings: Settings
    fired: dict[str, set[str]]
    findings: list[tuple[str, ...]]
    populations: dict[str, tuple[str, str]]
    """How many each control looked at, and what they are worth."""


def companies(*, later: bool) -> tuple[dict[str, list[Company]], dict[str, str]]:
    """The companies of each folder, and the folder of each broken one; `later` as they are when they land again."""
    folders: dict[str, list[Company]] = defaultdict(list)
    folders["stack"] = [kind(CLEAN[kind.__name__]) for kind in KINDS]
    for p, edge in zip(EDGES, BOUNDARIES, strict=True):
        company = edge.company(p)
        edge.change(company)
        folders["stack"].append(company)
    where = {}
    for control, fault in FAULTS.items():
        company = fault.company(BROKEN[control])
        fault.change(company)
        if later and control in LATER:
            LATER[control](company)
        where[control] = f"own_{control}" if control in OWN_FOLDER else "stack"
        folders[where[control]].append(company)
    return folders, where


def build(folder: Path) -> Judged:
    """Lands and builds them, without tests: what the controls find is the test."""
    settings = Settings(output=folder / "warehouse", systems=("imports",), imports=folder / "imports", as_of=AS_OF)
    settings.prepare()
    for later in (False, True):
        where = land_companies(settings, later=later)
    answer = dbt(settings, ["build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"])
    failed = [f"{r.node.name}: {r.message}" for r in answer.result or () if str(r.status) == "error"]
    assert answer.exception is None and not failed, (answer.exception, failed)
    return _read(settings, where)


def land_companies(settings: Settings, *, later: bool) -> dict[str, str]:
    """Writes the export of every system and lands it; says in which folder the broken company of a control is."""
    imports = settings.imports
    assert imports is not None
    folders, where = companies(later=later)
    for name, members in folders.items():
        write(members, imports / name)
    calendar = imports / "calendar"
    calendar.mkdir(exist_ok=True)
    (calendar / "periods.csv").write_text(
        "period_id,starts_on,ends_on,closed_at\n2026-01,2026-01-01,2026-01-31,2026-02-06T18:00:00\n"
    )
    days = [f"EUR,GBP,{AS_OF - timedelta(days=before)},0.85" for before in range(90)]
    (calendar / "fx_rates.csv").write_text("\n".join(["from_currency,to_currency,rate_on,rate", *days]) + "\n")
    _land(settings)
    return where


def land_changed(settings: Settings, control: str, change: Callable[[Company], object]) -> None:
    """Lands the system of a control's broken company once more, in which that company says something else."""
    assert settings.imports is not None
    folders, where = companies(later=True)
    members = folders[where[control]]
    change(next(company for company in members if company.p == BROKEN[control]))
    write(members, settings.imports / where[control])
    _land(settings)


def _land(settings: Settings) -> None:
    for landed in land(settings.systems, settings.imports, settings.config, settings.output):
        assert landed.error is None, landed.error


def _read(settings: Settings, where: dict[str, str]) -> Judged:
    with duckdb.connect(str(settings.build), read_only=True) as connection:
        rows = connection.execute("""
            select control_id, source_system, entity, entity_id, coalesce(cast(period_starts_on as text), ''), cause,
                cast(value_at_risk_amount as text), cast(occurred_on as text),
                coalesce(cast(expected_amount as text), ''), coalesce(cast(actual_amount as text), ''),
                -- A load is named by the moment at which it came.
                regexp_replace(evidence, '[0-9]{8}T[0-9.]+Z', 'now')
            from marts.fct_exceptions order by all
        """).fetchall()
        populations = {
            control: (count, amount)
            for control, count, amount in connection.execute(
                "select control_id, population_count::text, population_amount::text from marts.fct_control_results"
            ).fetchall()
        }
    fired: dict[str, set[str]] = defaultdict(set)
    own = {folder: BROKEN[control] for control, folder in where.items() if folder != "stack"}
    for control, system, entity, ident, *_rest in rows:
        # The ledger of many companies is nobody's: those that are judged by it have one of their own.
        if entity == "account_balances" and system not in own:
            continue
        fired[own.get(system, ident[:3])].add(control)
    findings = [(row[0], row[2], f"{row[1]} {row[3]}", *row[4:]) for row in rows]
    return Judged(settings, fired, findings, populations)


def found(judged: Judged) -> list[tuple[str, ...]]:
    """What every control found, to the record, its cause, its amounts and its evidence; and how much it looked at."""
    looked = [
        (control, "population", count, "", "", amount, *[""] * 4)
        for control, (count, amount) in sorted(judged.populations.items())
    ]
    return [*judged.findings, *looked]


def write_expected(judged: Judged) -> None:
    """Writes down what is found now; whoever runs this reads the difference."""
    with EXPECTED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(found(judged))


def expected() -> list[tuple[str, ...]]:
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


def known_survivors(control: str) -> set[str]:
    """Mutants of a control that nothing notices, as they were written down by `make mutants`."""
    with SURVIVORS.open(encoding="utf-8", newline="") as file:
        return {row["mutant"] for row in csv.DictReader(file) if row["control_id"] == control}


def compiled(settings: Settings, control: str) -> str:
    """The SQL of a control as dbt ran it."""
    manifest = json.loads((settings.target / "manifest.json").read_text(encoding="utf-8"))
    node = manifest["nodes"][f"model.tieout.ctl_{control}"]
    return Path(node["compiled_path"]).read_text(encoding="utf-8")
