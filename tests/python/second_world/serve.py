"""`python -m second_world.serve DIR [Endpoint …]`: both APIs here, by the demo's own servers.

Wants the product on the path (PYTHONPATH=the checkout). Endpoints named are refused with 403, as
Xero refuses /Journals to an app without the scope. Runs until it is stopped.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from second_world.basics import NOW
from second_world.files import load_hubspot, load_xero


def refuse(endpoints: Iterable[str]) -> None:
    """From now on the demo's ledger answers 403 for these endpoints."""
    from tieout_demo.servers.xero import http as xero_http

    refused, answered = frozenset(endpoints), xero_http.answer

    def answer(documents: Any, name: str, *rest: Any) -> str:
        if name in refused:
            raise xero_http.Refused(403, "AuthorizationUnsuccessful")
        return str(answered(documents, name, *rest))

    xero_http.answer = answer


def start(folder: Path) -> tuple[Any, Any]:
    """The running servers of HubSpot and Xero; close both."""
    from tieout_demo.servers.hubspot import server as hubspot_server
    from tieout_demo.servers.xero import server as xero_server

    xero = xero_server.serve(load_xero(folder), now=NOW, calls_a_minute=100_000)
    return hubspot_server.serve(load_hubspot(folder)), xero


def main() -> None:
    """Serves until stopped."""
    folder, *refused = sys.argv[1:]
    if refused:
        refuse(refused)
    hubspot, xero = start(Path(folder))
    sys.stdout.write(f"hubspot {hubspot.url} token {hubspot.token}\n")
    sys.stdout.write(
        f"xero {xero.base_url} {xero.token_url} {xero.client_id} {xero.client_secret} "
    )
    sys.stdout.write(f"{xero.tenant_id}\n")
    sys.stdout.flush()
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
