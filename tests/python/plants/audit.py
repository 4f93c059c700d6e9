"""What must hold of the written records, except where a fault was planted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from .days import AS_OF, ZERO, cents, plus
from .tables import COLUMNS, Row, text
from .world import World

KEYLESS = ("fx_rates", "account_balances", "tax_rates", "extract_totals")
REFERENCES = (
    ("deals", "customer_id", "customers"),
    ("deals", "owner_id", "people"),
    ("deal_lines", "deal_id", "deals"),
    ("deal_lines", "product_id", "products"),
    ("jobs", "deal_id", "deals"),
    ("jobs", "contract_id", "contracts"),
    ("jobs", "manager_id", "people"),
    ("jobs", "customer_id", "customers"),
    ("contracts", "deal_id", "deals"),
    ("contract_rates", "contract_id", "contracts"),
    ("job_lines", "job_id", "jobs"),
    ("job_lines", "deal_line_id", "deal_lines"),
    ("deliveries", "job_id", "jobs"),
    ("deliveries", "job_line_id", "job_lines"),
    ("deliveries", "work_order_id", "work_orders"),
    ("deliveries", "person_id", "people"),
    ("deliveries", "product_id", "products"),
    ("costs", "delivery_id", "deliveries"),
    ("stock_moves", "delivery_id", "deliveries"),
    ("pay_items", "delivery_id", "deliveries"),
    ("invoices", "corrects_invoice_id", "invoices"),
    ("invoice_lines", "invoice_id", "invoices"),
    ("invoice_lines", "delivery_id", "deliveries"),
    ("payment_applications", "invoice_id", "invoices"),
    ("payment_applications", "payment_id", "payments"),
    ("payments", "bank_transaction_id", "bank_transactions"),
    ("journal_lines", "account_code", "accounts"),
)
#: Days that no record may have after the as-of day.
PAST = (
    "delivered_on",
    "issued_on",
    "received_on",
    "applied_on",
    "won_on",
    "approved_on",
    "paid_on",
    "incurred_on",
    "moved_on",
)


def rows(world: World, entity: str) -> Iterator[Row]:
    """The records of an entity, of all systems."""
    for (_, name), found in list(world.tables.items()):
        if name == entity:
            yield from found


def planted(world: World, *controls: str) -> set[str]:
    """The ids that faults of these controls name."""
    return {label.entity_id for label in world.labels if label.control in controls}


def faults(world: World) -> list[str]:
    """Everything that is wrong and was not planted, one line each."""
    return [
        *keys(world),
        *references(world),
        *journals(world),
        *bills(world),
        *applied(world),
        *clean(world),
    ]


def keys(world: World) -> Iterator[str]:
    """Ids are unique, no record lies in the future, amounts have no more than two places."""
    for (system, entity), found in world.tables.items():
        if entity not in KEYLESS:
            key = COLUMNS[entity].split()[0]
            for value, count in Counter(row[key] for row in found).items():
                if count > 1 or not value:
                    yield f"{system}.{entity} {value!r}: {count} times"
        for row in found:
            for column, value in row.items():
                if column in PAST and isinstance(value, date) and value > AS_OF:
                    yield f"{system}.{entity} {row}: {column} lies ahead"
                if (
                    column.endswith("amount")
                    and isinstance(value, Decimal)
                    and cents(value) != value
                ):
                    yield f"{system}.{entity} {row}: {column} has more than two places"
                assert not isinstance(value, float), (entity, column)


def references(world: World) -> Iterator[str]:
    """Every reference names a record."""
    for entity, column, target in REFERENCES:
        known = {row[COLUMNS[target].split()[0]] for row in rows(world, target)}
        for row in rows(world, entity):
            if row.get(column) and row[column] not in known:
                yield f"{entity}.{column} {row[column]}: not in {target}"
    refs = {row["job_ref"] for row in rows(world, "jobs")}
    twice = planted(world, "invoice_job_ambiguous")
    for row in rows(world, "invoice_lines"):
        if row["job_ref"] and row["job_ref"] not in refs and row["invoice_line_id"] not in twice:
            yield f"invoice line {row['invoice_line_id']}: no job {row['job_ref']}"


def journals(world: World) -> Iterator[str]:
    """Each journal adds up to nothing, and is entered by one and approved by another."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows(world, "journal_lines"):
        sums[row["journal_id"]] += row["amount"]
        if row["entered_by"] == row["approved_by"]:
            yield f"journal {row['journal_id']}: one person"
    for journal in planted(world, "journal_unbalanced"):
        if not sums.pop(journal):
            yield f"journal {journal}: balances, and should not"
    yield from (f"journal {journal}: {total}" for journal, total in sums.items() if total)


def bills(world: World) -> Iterator[str]:
    """Header = lines + tax, line = quantity × price, and the journal has the bill's gross."""
    net: dict[str, Decimal] = defaultdict(Decimal)
    tax: dict[str, Decimal] = defaultdict(Decimal)
    posted: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows(world, "invoice_lines"):
        net[row["invoice_id"]] += row["net_amount"]
        tax[row["invoice_id"]] += row["tax_amount"]
        if cents(Decimal(row["quantity"]) * row["unit_price"]) != row["net_amount"]:
            yield f"invoice line {row['invoice_line_id']}: not quantity x price"
    for row in rows(world, "journal_lines"):
        if row["account_code"] == "1100" and row["document_type"] in ("invoice", "credit_note"):
            posted[row["document_id"]] += row["amount"]
    header, missing = (
        planted(world, "invoice_header_mismatch"),
        planted(world, "invoice_not_posted"),
    )
    for row in rows(world, "invoices"):
        bill, sign = row["invoice_id"], -1 if row["invoice_type"] == "credit_note" else 1
        off = row["net_amount"] - net[bill]
        if (off != 0) != (bill in header) or row["tax_amount"] != tax[bill]:
            yield f"invoice {bill}: header {row['net_amount']}, lines {net[bill]}"
        if row["net_amount"] + row["tax_amount"] != row["gross_amount"]:
            yield f"invoice {bill}: gross"
        due = (
            ZERO
            if row["status"] in ("draft", "voided") or bill in missing
            else sign * cents(row["gross_amount"] * row["exchange_rate"])
        )
        if posted[bill] != due:
            yield f"invoice {bill}: posted {posted[bill]}, document {due}"


def applied(world: World) -> Iterator[str]:
    """Nothing is applied beyond its document; nothing overdue is open; what reads paid is paid."""
    used: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows(world, "payment_applications"):
        used[row["invoice_id"]] += row["amount"]
        used[row["credit_note_id"]] += row["amount"]
        used[row["payment_id"]] += row["payment_amount"] or ZERO
    over = planted(world, "application_exceeds_receipt")
    late = planted(world, "receivable_overdue")
    for row in rows(world, "payments"):
        if (used[row["payment_id"]] > row["amount"]) != (row["payment_id"] in over):
            yield f"payment {row['payment_id']}: {used[row['payment_id']]} applied of {row['amount']}"
    short = planted(world, "short_paid")
    for row in rows(world, "invoices"):
        bill, left = row["invoice_id"], row["gross_amount"] - used[row["invoice_id"]]
        if left < 0:
            yield f"invoice {bill}: {-left} too much applied"
        if row["status"] == "paid" and left and bill not in short:
            yield f"invoice {bill}: paid, and {left} is open"
        if (
            left
            and row["status"] == "posted"
            and row["due_on"] < plus(AS_OF, -60)
            and bill not in late
        ):
            yield f"{row['invoice_type']} {bill}: due {row['due_on']}, {left} open"


def clean(world: World) -> Iterator[str]:
    """At the end, what is delivered is recognised, contract by contract, in the contract's
    currency."""
    revenue: dict[str, Decimal] = defaultdict(Decimal)
    skipped = planted(world, "invoice_job_ambiguous", "recognised_above_delivered")
    loose = {label.scope.split()[0] for label in world.labels if label.entity_id in skipped}
    loose |= {label.scope.split()[-1] for label in world.labels if label.entity_id in skipped}
    for row in rows(world, "journal_lines"):
        if row["account_code"] in ("4000", "4010") and row["document_type"] != "year_close":
            revenue[row["job_ref"]] -= row["currency_amount"]
    for sit in world.sits:
        done = sum((amount for on, _, amount in sit.done if on <= AS_OF), ZERO)
        if sit.accrue and sit.code not in loose and done != revenue[sit.ref]:
            yield f"{sit.code}: delivered {done}, recognised {text(revenue[sit.ref])}"
