"""One build of all the smallest companies, and what every control found in each."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
from control_boundaries import BOUNDARIES
from control_companies import AS_OF, KINDS, Company, Row, write
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
    "suggested_action",
    "about",
    "key",
)
ABOUT = {
    "deal": "select deal_key, deal_id from marts.dim_deal",
    "contract": "select contract_key, contract_id from marts.dim_contract",
    "job": "select job_key, job_id from marts.dim_job",
    "work_order": "select work_order_key, work_order_id from marts.dim_work_order",
    "delivery": "select delivery_key, delivery_id from intermediate.int_delivery_billing",
    "invoice": "select invoice_key, invoice_id from intermediate.int_live_invoices",
    "product": "select product_key, product_name from marts.dim_product",
    "customer": "select customer_key, customer_name from marts.dim_customer",
    "owner": "select person_key as owner_key, full_name from marts.dim_person",
}
"""What an exception may hang on, and what it is called; else its key says it."""


@dataclass(frozen=True)
class Judged:
    """The build, and for each company the controls that spoke of it."""

    settings: Settings
    fired: dict[str, set[str]]
    findings: list[tuple[str, ...]]
    populations: dict[str, tuple[str, str]]
    """How many each control looked at, and what they are worth."""


WAIVERS = (
    ("one nobody approved", "waived", None, date(2026, 3, 2)),
    ("one its author approved", "waived", " ANN", date(2026, 3, 2)),
    ("one that two people agreed on", "waived", "Joe", date(2026, 3, 2)),
    ("one that is seen and not waived", "acknowledged", None, date(2026, 3, 2)),
    ("one of next month", "waived", None, date(2026, 4, 5)),
)


def companies(*, later: bool) -> tuple[dict[str, list[Company]], dict[str, str]]:
    """The companies of each folder, and the folder of each broken one; `later` as they are when
    they land again."""
    folders: dict[str, list[Company]] = defaultdict(list)
    folders["stack"] = [kind(CLEAN[kind.__name__]) for kind in KINDS]
    for p, edge in zip(EDGES, BOUNDARIES, strict=True):
        company = edge.company(p)
        edge.change(company)
        if later and edge.later:
            edge.later(company)
        folders[f"edge_{p}" if edge.own else "stack"].append(company)
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
    settings = Settings(
        output=folder / "warehouse", systems=("imports",), imports=folder / "imports", as_of=AS_OF
    )
    settings.prepare()
    for later in (False, True):
        where = land_companies(settings, later=later)
    refuse(settings)
    for command in ("seed", "run"):
        answer = dbt(settings, [command])
        failed = [
            f"{r.node.name}: {r.message}" for r in answer.result or () if str(r.status) == "error"
        ]
        assert answer.exception is None and not failed, (answer.exception, failed)
        if command == "seed":
            say(settings, said())
    return _read(settings, where)


def refuse(settings: Settings) -> None:
    """The checks refuse the second export of some systems: what came before stays in use."""
    systems = [f"edge_{p}" for p, edge in zip(EDGES, BOUNDARIES, strict=True) if edge.refused]
    with duckdb.connect(str(settings.raw)) as raw:
        raw.execute(
            """update tieout_meta.loads set status = 'rejected'
            where list_contains(?, source_system) and (source_system, landed_at) in
                (select (source_system, max(landed_at)) from tieout_meta.loads group by source_system)""",
            [systems],
        )


def say(settings: Settings, seeds: Mapping[str, Iterable[Row]]) -> None:
    """What people wrote into the seeds about these companies; the files themselves are the
    project's."""
    with duckdb.connect(str(settings.build)) as connection:
        for seed, rows in seeds.items():
            for row in rows:
                names, places = ", ".join(row), ", ".join("?" * len(row))
                connection.execute(
                    f"insert into seeds.{seed} ({names}) values ({places})", list(row.values())
                )


def said() -> dict[str, list[Row]]:
    waivers = [
        {
            "exception_key": key,
            "decision": decision,
            "reason": "Agreed with the customer",
            "decided_by": "Ann",
            "approved_by": approver,
            "decided_on": on,
        }
        for key, decision, approver, on in WAIVERS
    ]
    seeds: dict[str, list[Row]] = defaultdict(list, {"exception_decisions": waivers})
    written = [edge.says(p) for p, edge in zip(EDGES, BOUNDARIES, strict=True)]
    written += [fault.says(BROKEN[control]) for control, fault in FAULTS.items()]
    for of_one in written:
        for seed, rows in of_one.items():
            seeds[seed] += rows
    return seeds


def land_companies(settings: Settings, *, later: bool) -> dict[str, str]:
    """Writes the export of every system and lands it; says in which folder the broken company of a
    control is."""
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
    dates = [AS_OF - timedelta(days=before) for before in range(90)]
    days = [f"EUR,GBP,{day},0.85" for day in dates]
    # The dollar moved, and is quoted on working days.
    days += [
        f"USD,GBP,{day},{'0.75' if day.month == 1 else '0.80'}"
        for day in dates
        if day.weekday() < 5
    ]
    days += [
        f"CHF,GBP,{day},{'0.88' if day.month == 2 else '0.90'}" for day in dates if day.month > 1
    ]
    days += [
        f"{pair},{day},{rate}"
        for pair, rate in (("EUR,USD", "1.10"), ("SEK,USD", "0.10"))
        for day in dates
    ]
    (calendar / "fx_rates.csv").write_text(
        "\n".join(["from_currency,to_currency,rate_on,rate", *days]) + "\n"
    )
    catalogue = imports / "catalogue"
    catalogue.mkdir(exist_ok=True)
    (catalogue / "products.csv").write_text(
        "product_id,product_code,product_name\nLISTED,LISTED,Listed\n"
    )
    _land(settings)
    return where


def land_changed(settings: Settings, control: str, change: Callable[[Company], object]) -> None:
    """Lands the system of a control's broken company once more, in which that company says
    something else."""
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
        named = ", ".join(
            f"'{noun} ' || nullif(coalesce({noun}s.name, {noun}_key), 'unknown')" for noun in ABOUT
        )
        names = " ".join(
            f"left join ({sql} where {noun}_key <> 'unknown') as {noun}s(key, name) on {noun}_key = {noun}s.key"
            for noun, sql in ABOUT.items()
        )
        rows = connection.execute(f"""
            select control_id, source_system, entity, entity_id, coalesce(cast(period_starts_on as text), ''), cause,
                cast(value_at_risk_amount as text), cast(occurred_on as text),
                coalesce(cast(expected_amount as text), ''), coalesce(cast(actual_amount as text), ''),
                -- A load is named by the moment at which it came.
                regexp_replace(evidence, '[0-9]{{8}}T[0-9.]+Z', 'now'), suggested_action,
                concat_ws(' · ', {named}), exception_key[:8]
            from marts.fct_exceptions {names} order by all
        """).fetchall()
        populations = {
            control: (count, amount)
            for control, count, amount in connection.execute(
                "select control_id, population_count::text, population_amount::text from marts.fct_control_results"
            ).fetchall()
        }
    fired: dict[str, set[str]] = defaultdict(set)
    own = {folder: BROKEN[control] for control, folder in where.items() if folder != "stack"}
    own |= {f"edge_{p}": p for p, edge in zip(EDGES, BOUNDARIES, strict=True) if edge.own}
    for control, system, entity, ident, *_rest in rows:
        # The ledger of many companies is nobody's: those that are judged by it have one of their
        # own.
        if entity == "account_balances" and system not in own:
            continue
        fired[own.get(system, ident[:3])].add(control)
    findings = [(row[0], row[2], f"{row[1]} {row[3]}", *row[4:]) for row in rows]
    return Judged(settings, fired, findings, populations)


def found(judged: Judged) -> list[tuple[str, ...]]:
    """What every control found, to the record, its cause, its amounts and its evidence; and how
    much it looked at."""
    looked = [
        (control, "population", count, "", "", amount, *[""] * 7)
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


def known_survivors(model: str) -> set[str]:
    """Mutants of a control or a frame that nothing notices, each with the reason for which none
    could."""
    with SURVIVORS.open(encoding="utf-8", newline="") as file:
        return {row["mutant"] for row in csv.DictReader(file) if row["model"] == model}


def nodes(settings: Settings) -> dict[str, Any]:
    """The controls and the models that they read, by name, as dbt knows them."""
    manifest = json.loads((settings.target / "manifest.json").read_text(encoding="utf-8"))
    return {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }


def compiled(settings: Settings, model: str) -> str:
    """The SQL of a model as dbt ran it."""
    return Path(nodes(settings)[model]["compiled_path"]).read_text(encoding="utf-8")
