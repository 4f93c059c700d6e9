"""The ledger: Xero Accounting API 2.0.

Configuration `[sources.xero]`: base_url, token_url, client_id, client_secret, tenant_id; optional
page_size (documents a call), calls_per_minute (Xero's limit is 60), overlap_minutes (how far behind
the last change each run begins again).

What a reader of `raw_xero` should know
- `currency_rate` is document units for one unit of base currency: base = amount ÷ currency_rate (decision 0004).
- `line_amount` holds tax where the document's `line_amount_types` is Inclusive.
- VOIDED and DELETED documents stay, with that status. Bills (ACCPAY) and customers' documents share their tables.
- `journals` are the general ledger, `net_amount` in base currency, debit positive; they are only ever added.
- Xero sells journals and reports with some plans and scopes only. Where it refuses them, or any other table on which
  nothing that is needed hangs (`needed=False`), the rest is landed, and the missing table is named.
- `trial_balance_rows`: `debit`/`credit` are the month's, `ytd_*` the balance; revenue and expenses begin anew each
  financial year, and what earlier years earned stands in retained earnings.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import dlt
from dlt.extract import DltResource

from tieout.landing.resource import group, where_allowed
from tieout.landing.table_types import Table
from tieout.sources.xero import SYSTEM
from tieout.sources.xero import documents as xero_documents
from tieout.sources.xero import masters as xero_masters
from tieout.sources.xero import movements as xero_movements
from tieout.sources.xero.client import Settings, XeroClient
from tieout.sources.xero.extract import documents
from tieout.sources.xero.ledger import ledger

RECORDS = (
    xero_masters.ORGANISATION,
    xero_masters.CURRENCIES,
    xero_masters.ACCOUNTS,
    xero_masters.TAX_RATES,
    xero_masters.ITEMS,
    xero_masters.TRACKING_CATEGORIES,
    xero_masters.CONTACTS,
    *xero_documents.MONEY_DOCUMENTS,
    xero_movements.PAYMENTS,
    xero_movements.BANK_TRANSACTIONS,
    xero_movements.MANUAL_JOURNALS,
)
_LEDGER_TABLES = (
    *xero_movements.JOURNALS.tables(),
    xero_movements.TRIAL_BALANCES,
    xero_movements.TRIAL_BALANCE_ROWS,
)
TABLES: tuple[Table, ...] = (
    *(table for record in RECORDS for table in record.tables()),
    *_LEDGER_TABLES,
)


@dlt.source(name=SYSTEM, section=SYSTEM)
def source(
    base_url: str = dlt.config.value,
    token_url: str = dlt.config.value,
    client_id: str = dlt.config.value,
    client_secret: str = dlt.secrets.value,
    tenant_id: str = dlt.config.value,
    page_size: int = 1000,
    calls_per_minute: int = 60,
    overlap_minutes: int = 60,
) -> Iterator[DltResource]:
    """One resource an endpoint, each with a cursor of its own; journals and trial balance share
    one."""
    client = XeroClient(
        Settings(
            base_url, token_url, client_id, client_secret, tenant_id, page_size, calls_per_minute
        )
    )
    overlap = timedelta(minutes=overlap_minutes)
    for record in RECORDS:
        extract = partial(documents, client, record, overlap)
        tables = record.tables()
        yield group(
            SYSTEM,
            record.table,
            tables,
            extract if record.needed else where_allowed(tables, extract),
        )
    yield group(SYSTEM, "ledger", _LEDGER_TABLES, partial(ledger, client))
