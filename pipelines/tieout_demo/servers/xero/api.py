"""What the demo ledger answers: which documents an endpoint returns for these parameters, and in
which envelope."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tieout_demo.servers.xero import query as xero_query
from tieout_demo.servers.xero import reports as xero_reports
from tieout_demo.servers.xero.render import document, msdate, utc

Documents = Mapping[str, Sequence[Mapping[str, Any]]]

JOURNALS_A_CALL = 100
DEFAULT_PAGE = 100
LARGEST_PAGE = 1000


class Refused(Exception):
    """A request that Xero would answer with 400 or 404."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Endpoint:
    """How an endpoint may be asked. `nested` are the lists that come only with paged calls."""

    id_field: str
    parameters: frozenset[str] = frozenset()
    paged: bool = False
    changed: str = "UpdatedDateUTC"
    nested: tuple[str, ...] = ()
    lists: Mapping[str, str] | None = None
    archived: str | None = None


_QUERY = frozenset({"where", "order"})
_PAGED = _QUERY | {"page", "pageSize"}
_PRICED = _PAGED | {"unitdp"}
ENDPOINTS: dict[str, Endpoint] = {
    "Contacts": Endpoint(
        "ContactID",
        _PAGED | {"includeArchived", "IDs"},
        True,
        lists={"IDs": "ContactID"},
        archived="ContactStatus",
    ),
    "Invoices": Endpoint(
        "InvoiceID",
        _PRICED | {"includeArchived", "IDs", "InvoiceNumbers", "ContactIDs", "Statuses"},
        True,
        nested=("LineItems", "Payments", "CreditNotes", "Prepayments", "Overpayments"),
        lists={
            "IDs": "InvoiceID",
            "InvoiceNumbers": "InvoiceNumber",
            "ContactIDs": "Contact.ContactID",
            "Statuses": "Status",
        },
    ),
    "CreditNotes": Endpoint("CreditNoteID", _PRICED, True, nested=("LineItems",)),
    "Payments": Endpoint("PaymentID", _PAGED, True),
    "Overpayments": Endpoint(
        "OverpaymentID",
        _PRICED | {"References"},
        True,
        nested=("LineItems",),
        lists={"References": "Reference"},
    ),
    "Prepayments": Endpoint("PrepaymentID", _PRICED, True, nested=("LineItems",)),
    "ManualJournals": Endpoint("ManualJournalID", _PAGED, True, nested=("JournalLines",)),
    "BankTransactions": Endpoint("BankTransactionID", _PRICED, True, nested=("LineItems",)),
    "Accounts": Endpoint("AccountID", _QUERY),
    "TaxRates": Endpoint("TaxType", _QUERY, changed=""),
    "Items": Endpoint("ItemID", _QUERY | {"unitdp"}),
    "TrackingCategories": Endpoint(
        "TrackingCategoryID", _QUERY | {"includeArchived"}, changed="", archived="Status"
    ),
    "Currencies": Endpoint("Code", _QUERY, changed=""),
    "Organisation": Endpoint("OrganisationID", changed=""),
    "Journals": Endpoint("JournalID", frozenset({"offset"}), changed="CreatedDateUTC"),
    "Reports/TrialBalance": Endpoint("", frozenset({"date"}), changed=""),
}


def answer(
    documents: Documents, name: str, asked: Mapping[str, str], since: datetime | None, now: datetime
) -> str:
    """The body of the answer, as JSON text. Raises Refused for what Xero would refuse."""
    endpoint = ENDPOINTS[name]
    unknown = set(asked) - endpoint.parameters
    if unknown:
        raise Refused(400, f"{name} has no parameter {', '.join(sorted(unknown))}")
    try:
        if name == "Reports/TrialBalance":
            report = {
                **xero_reports.trial_balance(documents, _day(asked.get("date"), now)),
                "UpdatedDateUTC": now,
            }
            return _envelope("Reports", [document(report, "", 2)], None, now)
        found = _selected(documents.get(name, ()), endpoint, asked, since)
        if name == "Journals":
            after = int(asked.get("offset", 0))
            found = sorted(
                (one for one in found if one["JournalNumber"] > after),
                key=lambda one: int(one["JournalNumber"]),
            )
            found = found[:JOURNALS_A_CALL]
        found, pagination = _page(found, endpoint, asked)
    except xero_query.QueryError as error:
        raise Refused(400, f"QueryParseException: {error}") from error
    except ValueError as error:
        raise Refused(400, str(error)) from error
    decimals = int(asked.get("unitdp", 2))
    key = "Organisations" if name == "Organisation" else name
    return _envelope(
        key, [document(one, endpoint.id_field, decimals) for one in found], pagination, now
    )


def _selected(
    documents: Sequence[Mapping[str, Any]],
    endpoint: Endpoint,
    asked: Mapping[str, str],
    since: datetime | None,
) -> list[Mapping[str, Any]]:
    found = list(documents)
    if since is not None and endpoint.changed:
        found = [one for one in found if utc(one[endpoint.changed]) >= since]
    if endpoint.archived and asked.get("includeArchived", "false").lower() != "true":
        found = [one for one in found if one.get(endpoint.archived) != "ARCHIVED"]
    for parameter, path in (endpoint.lists or {}).items():
        if parameter in asked:
            wanted = {part.strip().strip('"') for part in asked[parameter].split(",")}
            found = [one for one in found if xero_query.field(one, path) in wanted]
    if "where" in asked:
        found = list(filter(xero_query.where(asked["where"]), found))
    if "order" in asked:
        found = xero_query.ordered(found, asked["order"])
    return found


def _page(
    found: list[Mapping[str, Any]], endpoint: Endpoint, asked: Mapping[str, str]
) -> tuple[list[Mapping[str, Any]], dict[str, int] | None]:
    if not endpoint.paged:
        return found, None
    if "page" not in asked:
        return [
            {**one, **{name: [] for name in endpoint.nested if name in one}} for one in found
        ], None
    page, size = int(asked["page"]), int(asked.get("pageSize", DEFAULT_PAGE))
    if page < 1 or not 1 <= size <= LARGEST_PAGE:
        raise ValueError(f"page is at least 1, pageSize 1 to {LARGEST_PAGE}")
    pagination = {
        "page": page,
        "pageSize": size,
        "pageCount": -(-len(found) // size),
        "itemCount": len(found),
    }
    return found[(page - 1) * size : page * size], pagination


def _day(text: str | None, now: datetime) -> date:
    return date.fromisoformat(text) if text else now.date()


def _envelope(
    key: str, bodies: Sequence[str], pagination: Mapping[str, int] | None, now: datetime
) -> str:
    head = {
        "Id": str(uuid5(NAMESPACE_URL, f"{key}{now.isoformat()}")),
        "Status": "OK",
        "ProviderName": "Tieout demo",
        "DateTimeUTC": msdate(now, offset=False),
    }
    if pagination is not None:
        return f'{json.dumps(head)[:-1]}, "pagination": {json.dumps(pagination)}, "{key}": [{",".join(bodies)}]}}'
    return f'{json.dumps(head)[:-1]}, "{key}": [{",".join(bodies)}]}}'
