"""What must hold of the written records themselves, whatever reads them later.

`faults` tests the records (journals balance, headers add up, references exist, nothing is
applied twice), `contradictions` works booked, invoiced, recognised, cash and open out of the
records by the plainest rule and compares them with what a case says is right.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from .right import Right
from .tables import COLUMNS, Row
from .world import World, cents

ZERO = Decimal(0)
WORK = ("4000", "5000", "2300", "1150", "")
CASH = ("1000", "1010")
AS_OF = "2026-06-30"
REFERENCES = (
    ("deals", "customer_id", "customers"),
    ("deal_lines", "deal_id", "deals"),
    ("deal_lines", "product_id", "products"),
    ("jobs", "contract_id", "contracts"),
    ("jobs", "manager_id", "people"),
    ("contract_rates", "contract_id", "contracts"),
    ("contract_rates", "person_id", "people"),
    ("job_lines", "job_id", "jobs"),
    ("deliveries", "job_id", "jobs"),
    ("deliveries", "job_line_id", "job_lines"),
    ("deliveries", "product_id", "products"),
    ("deliveries", "person_id", "people"),
    ("change_orders", "job_id", "jobs"),
    ("invoices", "customer_id", "customers"),
    ("invoices", "corrects_invoice_id", "invoices"),
    ("invoice_lines", "invoice_id", "invoices"),
    ("payments", "customer_id", "customers"),
    ("journal_lines", "account_code", "accounts"),
)


def rows(world: World, entity: str) -> Iterator[Row]:
    """The records of an entity, of all systems."""
    for (_, name), found in world.tables.items():
        if name == entity:
            yield from found


def money(row: Row, column: str) -> Decimal:
    """A decimal column; blank is 0."""
    return Decimal(row.get(column) or 0)


def faults(world: World) -> list[str]:
    """Everything that is wrong with the records, one line each."""
    return [*keys(world), *columns(world), *journals(world), *bills(world), *applied(world)]


def keys(world: World) -> Iterator[str]:
    """Ids are unique by system and entity, references exist, jobs are named as they are."""
    for (system, entity), found in world.tables.items():
        if entity not in ("fx_rates", "account_balances"):
            key = COLUMNS[entity].split()[0]
            for value, count in Counter(row[key] for row in found).items():
                if count > 1:
                    yield f"{system}.{entity} {value}: {count} times"
    for entity, column, target in REFERENCES:
        key = COLUMNS[target].split()[0]
        known = {row[key] for row in rows(world, target)}
        for row in rows(world, entity):
            if row.get(column) and row[column] not in known:
                yield f"{entity}.{column} {row[column]}: not in {target}"
    refs = {row["job_ref"] for row in rows(world, "jobs")}
    for row in (*rows(world, "invoice_lines"), *rows(world, "journal_lines")):
        if row["job_ref"] and row["job_ref"] not in refs:
            yield f"job_ref {row['job_ref']}: no such job"


def columns(world: World) -> Iterator[str]:
    """No record has a column that its file does not have; no day is after the as-of day."""
    for (system, entity), found in world.tables.items():
        allowed = set(COLUMNS[entity].split())
        for row in found:
            if not set(row) <= allowed:
                yield f"{system}.{entity}: unknown column {sorted(set(row) - allowed)}"
            for column, value in row.items():
                late = column in (
                    "delivered_on",
                    "issued_on",
                    "received_on",
                    "posted_on",
                    "applied_on",
                    "reversed_on",
                    "approved_on",
                    "won_on",
                )
                if late and value > AS_OF:
                    yield f"{system}.{entity}.{column}: {value} is after {AS_OF}"


def journals(world: World) -> Iterator[str]:
    """Each journal adds up to nothing; before the books there are opening entries alone."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows(world, "journal_lines"):
        sums[row["journal_id"]] += money(row, "amount")
        if row["posted_on"] < "2026-01-01" and row["document_type"] != "opening":
            yield f"journal {row['journal_id']}: before the books"
    for journal, total in sums.items():
        if total:
            yield f"journal {journal}: {total} out of balance"


def bills(world: World) -> Iterator[str]:
    """Header = lines + tax; a bill of these books has a journal of its gross."""
    net: dict[str, Decimal] = defaultdict(Decimal)
    tax: dict[str, Decimal] = defaultdict(Decimal)
    posted: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows(world, "invoice_lines"):
        net[row["invoice_id"]] += money(row, "net_amount")
        tax[row["invoice_id"]] += money(row, "tax_amount")
        if cents(money(row, "quantity") * money(row, "unit_price")) != money(row, "net_amount"):
            yield f"invoice line {row['invoice_line_id']}: quantity x price is not its net"
    for row in rows(world, "journal_lines"):
        if row["account_code"] == "1100" and row["document_type"] in ("invoice", "credit_note"):
            posted[row["document_id"]] += money(row, "amount")
    for row in rows(world, "invoices"):
        bill = row["invoice_id"]
        if (net[bill], tax[bill]) != (money(row, "net_amount"), money(row, "tax_amount")):
            yield f"invoice {bill}: header is not its lines"
        if net[bill] + tax[bill] != money(row, "gross_amount"):
            yield f"invoice {bill}: gross is not net + tax"
        sign = -1 if row["invoice_type"] == "credit_note" else 1
        due = (
            ZERO
            if row["status"] == "voided" or row["issued_on"] < "2026-01-01"
            else sign * cents(money(row, "gross_amount") * money(row, "exchange_rate"))
        )
        if posted[bill] != due:
            yield f"invoice {bill}: posted {posted[bill]}, document {due}"


def applied(world: World) -> Iterator[str]:
    """Nothing is applied beyond a bill, a credit note or a payment."""
    used: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows(world, "payment_applications"):
        if row.get("reversed_on"):
            continue
        if row["kind"] == "refund":
            used[row["payment_id"]] += money(row, "payment_amount")
            used[row["invoice_id"]] += money(row, "amount")
            continue
        used[row["invoice_id"]] += money(row, "amount")
        used[row["credit_note_id"]] += money(row, "amount")
        used[row["payment_id"]] += money(row, "payment_amount")
    for entity, column in (("invoices", "gross_amount"), ("payments", "amount")):
        key = COLUMNS[entity].split()[0]
        for row in rows(world, entity):
            if abs(used[row[key]]) > abs(money(row, column)):
                yield f"{entity} {row[key]}: {used[row[key]]} applied of {row[column]}"


def own(world: World, entity: str, column: str, case: str) -> list[Row]:
    """The records of one case, by the prefix of an id."""
    return [row for row in rows(world, entity) if row[column].startswith(f"{case}-")]


def figures(world: World, case: str) -> dict[str, Decimal | None]:
    """Booked, invoiced, recognised, cash and open of a case, from its records alone."""
    rates = {
        (r["from_currency"], r["rate_on"]): Decimal(r["rate"]) for r in rows(world, "fx_rates")
    }
    bills_ = {r["invoice_id"]: r for r in own(world, "invoices", "invoice_id", case)}
    result: dict[str, Decimal | None] = {"booked": ZERO}
    for deal in own(world, "deals", "deal_id", case):
        rate = (
            Decimal(1)
            if deal["currency"] == "GBP"
            else next(
                (
                    rates[deal["currency"], day]
                    for day in days_before(deal["won_on"])
                    if (deal["currency"], day) in rates
                ),
                None,
            )
        )
        done = result["booked"]
        result["booked"] = (
            None if rate is None or done is None else done + cents(money(deal, "amount") * rate)
        )
    invoiced = ZERO
    for line in own(world, "invoice_lines", "invoice_id", case):
        bill = bills_[line["invoice_id"]]
        if line["account_code"] in WORK and bill["status"] != "voided":
            sign = -1 if bill["invoice_type"] == "credit_note" else 1
            invoiced += sign * cents(money(line, "net_amount") * money(bill, "exchange_rate"))
    posts = own(world, "journal_lines", "journal_id", case)
    result["invoiced"] = invoiced
    result["recognised"] = -sum(
        (money(r, "amount") for r in posts if r["account_code"] == "4000"), ZERO
    )
    result["open"] = sum((money(r, "amount") for r in posts if r["account_code"] == "1100"), ZERO)
    result["cash"] = cash(world, case, bills_, posts)
    return result


def cash(world: World, case: str, bills_: dict[str, Row], posts: list[Row]) -> Decimal:
    """Standing payments to cash accounts at their own rates, less the tax in what they paid."""
    total = ZERO
    for payment in own(world, "payments", "payment_id", case):
        went = [r for r in posts if r["document_id"] == payment["payment_id"]]
        if (
            payment["status"] == "reversed"
            or not payment["customer_id"]
            or (went and not any(r["account_code"] in CASH for r in went))
        ):
            continue
        rate = money(payment, "exchange_rate")
        total += cents(money(payment, "amount") * rate)
        for part in rows(world, "payment_applications"):
            if part["payment_id"] == payment["payment_id"] and part["kind"] == "payment":
                bill = bills_[part["invoice_id"]]
                share = money(bill, "tax_amount") / money(bill, "gross_amount")
                total -= cents(money(part, "amount") * share * rate)
    return total


def days_before(day: str) -> list[str]:
    """A day and the four before it."""
    start = date.fromisoformat(day)
    return [(start - timedelta(days=n)).isoformat() for n in range(5)]


def contradictions(world: World, right: dict[str, Right]) -> list[str]:
    """Where what a case says is right is not what its records add up to."""
    wrong = []
    for case, customers in right.items():
        for name, got in figures(world, case).items():
            wanted = [want.get(name) for _, want in customers]
            if got is None or None in wanted:
                continue
            total = sum((Decimal(str(want)) for want in wanted), ZERO)
            if total != got:
                wrong.append(f"{case} {name}: right is {total}, the records add up to {got}")
    return wrong
