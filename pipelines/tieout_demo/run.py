"""Starts the demo company's systems on this machine and runs Tieout against them, as it would
against real ones.

In `<output>/demo/`: `company.json` (which company, and the day it has reached), `.dlt/` (where its
systems are), `work_orders.db`, `imports/`, and `truth.csv` (the planted faults, which no model
reads).
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timezone
from pathlib import Path

from tieout import console
from tieout.company.home import home
from tieout.errors import TieoutError
from tieout.lock import writing
from tieout.run import run_all
from tieout.safe_text import learn, without_secrets
from tieout.settings import PRIVATE, Settings
from tieout_demo.checks.proof import compare
from tieout_demo.checks.totals import StageTotal, stage_totals
from tieout_demo.checks.truth import write_truth
from tieout_demo.company import HISTORY_STARTS, SIMULATED_UNTIL, Company
from tieout_demo.servers.hubspot import server as hubspot_server
from tieout_demo.servers.import_files import replace_file, write_folders
from tieout_demo.servers.work_order_db import write_database
from tieout_demo.servers.xero import gate as xero_gate
from tieout_demo.servers.xero import server as xero_server

# As the real ones: now and then a refusal, now and then a failure. A minute lasts a second here.
HUBSPOT_FAULTS = hubspot_server.Faults(refuse_every=23, fail_every=41, retry_after=0)
XERO_FAULTS = xero_gate.Faults(error_every=53, throttle_every=31)
XERO_MINUTE_SECONDS = 1.0


@dataclass(frozen=True)
class Identity:
    """Which company lives in an output folder: another one's records would mix with its own.

    `database` is None for the file in the folder itself, so that the folder can be moved and
    copied.
    """

    seed: int
    scale: float
    database: str | None

    def as_dict(self) -> dict[str, object]:
        """For `company.json`."""
        return {"seed": self.seed, "scale": self.scale, "database": self.database}


def run_demo(
    settings: Settings, until: date, *, seed: int, scale: float, database: str | None
) -> Settings:
    """Brings the company to the end of the day `until`, and runs land, check, build, publish and
    docs against it.

    Returns:
        the settings of that run.

    Raises:
        TieoutError: the folder holds another company, or this one on a later day; a step of the run failed;
            or this is a company's own folder.
    """
    if home().is_own:
        raise TieoutError(
            "this folder is a company's, and the demo would be judged by its seeds",
            "run it elsewhere",
        )
    with writing(settings.output, "demo", wait=settings.wait, say=console.aside):
        return _run_demo(settings, until, seed=seed, scale=scale, database=database)


def _run_demo(
    settings: Settings, until: date, *, seed: int, scale: float, database: str | None
) -> Settings:
    folder = settings.output / "demo"
    learn(database)
    url = database or f"sqlite:///{(folder / 'work_orders.db').resolve()}"
    _guard(folder, Identity(seed, scale, database and without_secrets(database)), until)
    with console.working(f"Northgate's records until {until}"):
        state = Company(seed=seed, scale=scale).state(until)
        folder.mkdir(parents=True, exist_ok=True)
        write_database(url, state.work_orders)
        write_folders(folder / "imports", state.imports)
        write_truth(folder / "truth.csv", state.truth)
    with ExitStack() as stack:
        hubspot = stack.enter_context(hubspot_server.serve(state.hubspot, faults=HUBSPOT_FAULTS))
        xero = stack.enter_context(
            xero_server.serve(
                state.xero,
                now=datetime.combine(until, time(23, 59, 59), timezone.utc),
                faults=XERO_FAULTS,
                minute_seconds=XERO_MINUTE_SECONDS,
            )
        )
        console.say(
            f"HubSpot is at {hubspot.url}, Xero at {xero.root}, the work orders in {without_secrets(url)}"
        )
        config = _write_config(folder / ".dlt", hubspot, xero, url)
        # Its days are its own, whatever day it is here.
        demo = replace(
            settings, config=config, imports=folder / "imports", as_of=until, i_know=True
        )
        run_all(demo)
    _show_proof(stage_totals(state), demo)
    return demo


def _show_proof(totals: list[StageTotal], settings: Settings) -> None:
    proofs = compare(totals, settings.marts)
    rows = []
    for proof in proofs:
        amounts = (proof.source_amount, proof.mart_amount, proof.difference)
        rows.append(
            [
                proof.source_system,
                proof.stage,
                proof.measure,
                *(f"{amount:,.2f}" for amount in amounts),
            ]
        )
    headers = ["system", "stage", "measure", "source", "marts", "difference"]
    console.table("Each system's own totals, and the marts'", headers, rows)
    if differing := [f"{p.source_system} {p.stage} {p.measure}" for p in proofs if p.difference]:
        cause = f"the marts differ from their sources: {', '.join(differing)}"
        raise TieoutError(cause, "this is a fault of Tieout: please report it")


def _guard(folder: Path, identity: Identity, until: date) -> None:
    if not HISTORY_STARTS <= until <= SIMULATED_UNTIL:
        raise TieoutError(
            f"the company's days go from {HISTORY_STARTS} to {SIMULATED_UNTIL}",
            "choose --until in between",
        )
    path = folder / "company.json"
    if path.exists():
        found = json.loads(path.read_text(encoding="utf-8"))
        reached = date.fromisoformat(found.pop("until"))
        if found != identity.as_dict():
            raise TieoutError(
                f"{folder} holds another company: {found}", "give another --output, or `make clean`"
            )
        if until < reached:
            raise TieoutError(
                f"{folder} has reached {reached}; its days only go forward",
                f"use `tieout build --as-of {until}` for the position of that day, or another --output",
            )
    # In one step: half a file would lock the folder for ever.
    replace_file(
        path, (json.dumps({**identity.as_dict(), "until": until.isoformat()}) + "\n").encode()
    )


def _write_config(
    folder: Path,
    hubspot: hubspot_server.HubSpotServer,
    xero: xero_server.XeroServer,
    database_url: str,
) -> Path:
    """The files a company writes for itself, with the demo's addresses and its secrets, which open
    nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    config: dict[str, dict[str, str | int]] = {
        # The rates are of the cloud; the local server refuses by its own schedule.
        "sources.hubspot": {
            "base_url": hubspot.url,
            "calls_per_ten_seconds": 10_000,
            "searches_per_second": 1_000,
        },
        "sources.xero": {
            "base_url": xero.base_url,
            "token_url": xero.token_url,
            "tenant_id": xero.tenant_id,
            # Its minute lasts a second: the server's limit is to be met, not ours.
            "calls_per_minute": "60000",
        },
        "sources.imports": {},
    }
    secrets: dict[str, dict[str, str | int]] = {
        "sources.hubspot": {"access_token": hubspot.token},
        "sources.xero": {"client_id": xero.client_id, "client_secret": xero.client_secret},
        "sources.field_service": {"database_url": database_url},
    }
    (folder / "config.toml").write_text(_toml(config), encoding="utf-8")
    path = folder / "secrets.toml"
    path.touch(PRIVATE)
    path.chmod(PRIVATE)
    path.write_text(_toml(secrets), encoding="utf-8")
    return folder


def _toml(sections: dict[str, dict[str, str | int]]) -> str:
    lines: list[str] = []
    for name, values in sections.items():
        # A JSON string is a TOML basic string, a JSON number a TOML one.
        lines += [
            f"[{name}]",
            *(f"{key} = {json.dumps(value)}" for key, value in values.items()),
            "",
        ]
    return "\n".join(lines)
