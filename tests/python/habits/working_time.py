"""A company whose days are not all of eight hours says so in a seed, and its sheets in hours meet
its bills in days."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

Rows = dict[str, list[dict[str, object]]]


@dataclass(frozen=True)
class Engagement:
    """Hours on days at a price a unit; the bills are in that unit."""

    name: str
    system: str
    person: str
    unit: str
    price: int
    hours: tuple[tuple[str, str], ...]
    bills: tuple[tuple[str, int], ...]

    @property
    def worth(self) -> int:
        return sum(units for _, units in self.bills) * self.price


def _week(first: str, hours: str, count: int = 5) -> tuple[tuple[str, str], ...]:
    start = date.fromisoformat(first)
    return tuple((str(start + timedelta(days=each)), hours) for each in range(count))


ENGAGEMENTS = (
    Engagement(
        "Solway Energy",
        "works",
        "P2",
        "day",
        400,
        _week("2026-02-02", "7.5"),
        (("2026-02-28", 5),),
    ),
    # Nothing agreed: a day of eight hours.
    Engagement(
        "Tarn Printing", "works", "P2", "day", 400, _week("2026-02-02", "8"), (("2026-02-28", 5),)
    ),
    # Her day has six hours, for whomever she works.
    Engagement(
        "Ulla Foods", "works", "P3", "day", 360, _week("2026-02-02", "6"), (("2026-02-28", 5),)
    ),
    # Seven hours and a half from March on.
    Engagement(
        "Vetch Dairies",
        "works",
        "P2",
        "day",
        400,
        (*_week("2026-02-23", "8"), *_week("2026-03-02", "7.5", 2)),
        (("2026-02-28", 5), ("2026-03-31", 2)),
    ),
    # The whole house of the north works thirty-five hours, and sells weeks.
    Engagement(
        "Wick Harbour", "north", "N1", "week", 1750, _week("2026-02-02", "7"), (("2026-02-28", 1),)
    ),
)
AGREED = [
    {
        "contract_source_system": "works",
        "contract_id": "K-Solway",
        "hours_per_day": "7.5",
        "valid_from": "2026-01-01",
    },
    {
        "contract_source_system": "works",
        "contract_id": "K-Vetch",
        "hours_per_day": "7.5",
        "valid_from": "2026-03-01",
    },
    {
        "person_source_system": "works",
        "person_id": "P3",
        "hours_per_day": "6",
        "valid_from": "2026-01-01",
    },
    {
        "legal_entity": "North Ltd",
        "hours_per_day": "7",
        "days_per_week": "5",
        "valid_from": "2026-01-01",
    },
]
PEOPLE = {
    "works": {"P2": "Ada Quill", "P3": "Bram Oduya"},
    "north": {"N1": "Cato Lindqvist"},
}
SYSTEMS = {
    "works": "House Ltd",
    "works_ledger": "House Ltd",
    "north": "North Ltd",
    "north_ledger": "North Ltd",
}


def _sold(one: Engagement, crm: Rows) -> None:
    key = one.name.split()[0]
    customer = {
        "customer_id": key,
        "customer_name": one.name,
        "tax_number": f"GB{100200300 + ENGAGEMENTS.index(one)}",
    }
    crm["customers"].append(customer)
    deal = {
        "deal_id": f"D-{key}",
        "customer_id": key,
        "stage": "won",
        "is_closed": "true",
        "is_won": "true",
    }
    crm["deals"].append(
        {**deal, "currency": "GBP", "created_on": "2026-01-02", "won_on": "2026-01-05"}
    )
    units = sum(each for _, each in one.bills)
    sold = {"quantity": units, "unit": one.unit, "unit_price": one.price, "net_amount": one.worth}
    crm["deal_lines"].append(
        {"deal_line_id": f"L-{key}", "deal_id": f"D-{key}", "product_id": "PR", **sold}
    )
    terms = {
        "billing_rule": "periodic_arrears",
        "billing_period": "month",
        "currency": "GBP",
        "status": "active",
    }
    own = {
        "contract_id": f"K-{key}",
        "customer_id": key,
        "deal_id": f"D-{key}",
        "starts_on": "2026-01-05",
    }
    crm["contracts"].append({**own, **terms})
    price = {
        "product_id": "PR",
        "unit": one.unit,
        "charge_rate": one.price,
        "valid_from": "2026-01-05",
    }
    crm["contract_rates"].append(
        {"contract_rate_id": f"R-{key}", "contract_id": f"K-{key}", **price}
    )


def _worked(one: Engagement, crm: Rows) -> None:
    key = one.name.split()[0]
    job = {
        "job_id": f"J-{key}",
        "job_ref": f"JOB-{key}",
        "deal_id": f"D-{key}",
        "contract_id": f"K-{key}",
    }
    state = {"job_type": "time_and_materials", "status": "in_progress", "currency": "GBP"}
    crm["jobs"].append({**job, "customer_id": key, **state})
    for on, hours in one.hours:
        sheet = {
            "delivery_id": f"V-{key}-{on}",
            "job_id": f"J-{key}",
            "product_id": "PR",
            "person_id": one.person,
        }
        state = {"delivery_type": "time", "status": "approved", "billable": "true"}
        crm["deliveries"].append(
            {**sheet, **state, "delivered_on": on, "quantity": hours, "unit": "hour"}
        )


def _billed(one: Engagement, books: Rows) -> None:
    key = one.name.split()[0]
    books["customers"].append({"customer_id": f"F-{key}", "customer_name": one.name.upper()})
    for on, units in one.bills:
        net = units * one.price
        sums = {"net_amount": net, "tax_amount": 0, "gross_amount": net}
        bill = {
            "invoice_id": f"I-{key}-{on}",
            "invoice_number": f"I-{key}-{on}",
            "invoice_type": "invoice",
        }
        state = {"status": "posted", "issued_on": on, "currency": "GBP", "exchange_rate": 1}
        books["invoices"].append({**bill, "customer_id": f"F-{key}", **state, **sums})
        line = {
            "invoice_line_id": f"{bill['invoice_id']}/1",
            "invoice_id": bill["invoice_id"],
            "product_code": "SPEC",
        }
        amounts = {
            "quantity": units,
            "unit_price": one.price,
            "net_amount": net,
            "account_code": "4000",
        }
        period = {"period_starts_on": f"{on[:7]}-01", "period_ends_on": on}
        books["invoice_lines"].append({**line, **amounts, **period, "job_ref": f"JOB-{key}"})
        for account, amount in (("1100", net), ("4000", -net)):
            posting = {
                "journal_line_id": f"{bill['invoice_id']} {account}",
                "journal_id": f"N-{bill['invoice_id']}",
            }
            of = {
                "document_type": "invoice",
                "document_id": bill["invoice_id"],
                "job_ref": f"JOB-{key}",
            }
            books["journal_lines"].append(
                {**posting, "posted_on": on, "account_code": account, "amount": amount, **of}
            )


def seeds() -> dict[str, list[dict[str, str]]]:
    """What the company says of its days, and whose its systems are."""
    said = {"owner": "Operations", "reason": "Agreed so", "approved_by": "Finance director"}
    systems = [
        {
            "source_system": name,
            "legal_entity": entity,
            "base_currency": "GBP",
            "time_zone": "Europe/London",
        }
        for name, entity in SYSTEMS.items()
    ]
    return {"working_time": [{**row, **said} for row in AGREED], "source_systems": systems}


def _company() -> dict[str, Rows]:
    crm = ("customers", "deals", "deal_lines", "contracts", "contract_rates", "jobs", "deliveries")
    books = ("customers", "invoices", "invoice_lines", "journal_lines")
    files: dict[str, Rows] = {name: {entity: [] for entity in crm} for name in ("works", "north")}
    files |= {name: {entity: [] for entity in books} for name in ("works_ledger", "north_ledger")}
    product = {
        "product_id": "PR",
        "product_code": "SPEC",
        "product_name": "Field specialist",
        "unit": "hour",
    }
    for system, people in PEOPLE.items():
        files[system]["products"] = [product]
        files[system]["people"] = [
            {"person_id": each, "full_name": name} for each, name in people.items()
        ]
    chart = (
        ("1100", "Receivables", "asset", "receivable"),
        ("4000", "Sales", "revenue", "revenue"),
    )
    for name in ("works_ledger", "north_ledger"):
        columns = ("account_code", "account_name", "account_type", "account_role")
        files[name]["accounts"] = [dict(zip(columns, each, strict=True)) for each in chart]
    for one in ENGAGEMENTS:
        _sold(one, files[one.system])
        _worked(one, files[one.system])
        _billed(one, files["north_ledger" if one.system == "north" else "works_ledger"])
    return files


def write(folder: Path) -> None:
    """The files of its four systems."""
    for system, entities in _company().items():
        (folder / system).mkdir(parents=True)
        for entity, rows in entities.items():
            with (folder / system / f"{entity}.csv").open(
                "w", encoding="utf-8", newline=""
            ) as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
