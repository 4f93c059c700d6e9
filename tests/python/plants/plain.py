"""The plainest reading of the controls, over situations in which nothing was planted.

It works from the written records, not from what the builders remember, and names what a reader of
the design would call a fault in a situation that has no label.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from .days import AS_OF, ZERO, cents, month_end, plus
from .tables import PRODUCTS, Row
from .world import World

CODES = {spec[0]: code for code, spec in PRODUCTS.items()}
WORK = ("4000", "4010", "2300", "1150", "")


class Plain:
    """Records by job, of situations without a label."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.faulty = {code for label in world.labels for code in label.scope.split()}
        get = world.tables
        self.jobs = [r for r in get["office", "jobs"] if r["job_id"][:5] not in self.faulty]
        self.contracts = {r["contract_id"]: r for r in get["crm", "contracts"]}
        self.bills = {
            r["invoice_id"]: r
            for r in get["ledger", "invoices"]
            if r["status"] in ("posted", "paid")
        }
        self.lines: dict[str, list[Row]] = defaultdict(list)
        for row in get["ledger", "invoice_lines"]:
            if row["invoice_id"] in self.bills:
                self.lines[row["job_ref"]].append(row)
        self.work: dict[str, list[Row]] = defaultdict(list)
        for row in get["office", "deliveries"]:
            if row["status"] == "approved" and row["billable"]:
                self.work[row["job_id"]].append(row)
        self.sits = {sit.job_id: sit for sit in world.sits}

    def findings(self) -> list[str]:
        """One line each."""
        return [
            *self.billing(),
            *self.sold(),
            *self.stock(),
            *self.references(),
            *self.pay(),
            *self.rates(),
        ]

    def signed(self, row: Row) -> Decimal:
        """The net amount of a line, credit notes negative, in the bill's currency."""
        sign = -1 if self.bills[row["invoice_id"]]["invoice_type"] == "credit_note" else 1
        return sign * row["net_amount"] if row["account_code"] in WORK else ZERO

    def due(self, job: Row, on: date) -> bool:
        """Whether the billing window of work of a day has passed."""
        contract = self.contracts[job["contract_id"]]
        rule, period = contract["billing_rule"], contract["billing_period"]
        last = on
        if rule == "periodic_arrears":
            last = month_end(on) if period == "month" else plus(on, 6 - on.weekday())
            if period == "quarter":
                start = contract["starts_on"]
                turn = (on.month - start.month) % 3
                last = on
                for _ in range(2 - turn):
                    last = month_end(plus(month_end(last), 1))
        return plus(last, contract["billing_window_days"]) < AS_OF

    def billing(self) -> Iterator[str]:
        """Due work is billed, nothing more is, unless the terms say in advance."""
        for job in self.jobs:
            sit, rule = self.sits[job["job_id"]], self.contracts[job["contract_id"]]["billing_rule"]
            done = sum((amount for _, _, amount in sit.done), ZERO)
            must = sum(
                (amount for on, _, amount in sit.done if self.due(job, on) or amount < 0), ZERO
            )
            billed = sum((self.signed(row) for row in self.lines[job["job_ref"]]), ZERO)
            if billed < must or (billed > done and rule not in ("on_order", "periodic_advance")):
                yield f"{job['job_id']} {rule}: due {must}, delivered {done}, billed {billed}"

    def sold(self) -> Iterator[str]:
        """Not more is billed or delivered than contracted; a finished job is delivered whole."""
        contracted: dict[str, Decimal] = defaultdict(Decimal)
        for row in self.world.tables["crm", "deals"]:
            contracted[row["deal_id"]] += row["amount"]
        for row in self.world.tables["crm", "change_orders"]:
            if row["status"] == "approved":
                contracted[row["deal_id"]] += row["amount_delta"]
        lines: dict[str, Decimal] = defaultdict(Decimal)
        for row in self.world.tables["crm", "deal_lines"]:
            lines[row["deal_id"]] += row["net_amount"]
        for job in self.jobs:
            sit, deal = self.sits[job["job_id"]], job["deal_id"]
            if not deal:
                continue
            done = sum((amount for _, _, amount in sit.done if amount > 0), ZERO)
            billed = sum((self.signed(row) for row in self.lines[job["job_ref"]]), ZERO)
            if max(done, billed) > contracted[deal]:
                yield f"{deal}: contracted {contracted[deal]}, delivered {done}, billed {billed}"
            if job["status"] == "completed" and done != contracted[deal]:
                yield f"{deal}: complete, contracted {contracted[deal]}, delivered {done}"

    def stock(self) -> Iterator[str]:
        """Every shipment has its move of the same day."""
        moves = {
            r["delivery_id"]: r
            for r in self.world.tables["office", "stock_moves"]
            if r.get("delivery_id")
        }
        for found in self.work.values():
            for row in found:
                if row["delivery_type"] == "shipment" and row["delivery_id"][:5] not in self.faulty:
                    move = moves.get(row["delivery_id"])
                    right = (row["delivered_on"], -row["quantity"])
                    if not move or (move["moved_on"], move["quantity"]) != right:
                        yield f"{row['delivery_id']}: {move}"

    def references(self) -> Iterator[str]:
        """What is billed with the name of a delivery is what was delivered."""
        billed: dict[str, Decimal] = defaultdict(Decimal)
        for rows in self.lines.values():
            for row in rows:
                sign = -1 if self.bills[row["invoice_id"]]["invoice_type"] == "credit_note" else 1
                billed[row["delivery_id"]] += sign * Decimal(row["quantity"])
        returned: dict[str, Decimal] = defaultdict(Decimal)
        for job in self.jobs:
            for row in self.work[job["job_id"]]:
                got = billed.get(row["delivery_id"])
                if (
                    got is not None
                    and got != row["quantity"]
                    and row["delivery_type"] != "placement_start"
                ):
                    yield f"{row['delivery_id']}: delivered {row['quantity']}, billed {got}"
                returned[row["delivery_id"]] = ZERO

    def pay(self) -> Iterator[str]:
        """Hours of a placement are paid once, at the contract's rate."""
        rates = {
            r["contract_id"]: r["pay_rate"] for r in self.world.tables["crm", "contract_rates"]
        }
        paid = {r["delivery_id"]: r for r in self.world.tables["ledger", "pay_items"]}
        for job in self.jobs:
            for row in self.work[job["job_id"]] if job["job_type"] == "placement" else []:
                item = paid.get(row["delivery_id"])
                if bool(item) != bool(row["quantity"]) or (
                    item
                    and (item["quantity"], item["pay_rate"])
                    != (row["quantity"], rates[job["contract_id"]])
                ):
                    yield f"{row['delivery_id']}: {row['quantity']} worked, paid {item}"

    def rates(self) -> Iterator[str]:
        """Every event has a rate; no two bills of a customer are alike within ten days, but by
        agreement."""
        for job in self.jobs:
            for on, _, _ in self.sits[job["job_id"]].done:
                if self.world.rates.on(job["currency"], on) is None:
                    yield f"{job['job_id']}: no rate of {job['currency']} on {on}"
        for row in self.bills.values():
            rate = self.world.rates.on(row["currency"], row["issued_on"])
            first = row["invoice_type"] == "invoice"
            if rate and first and abs(row["exchange_rate"] / rate - 1) > Decimal("0.01"):
                yield f"{row['invoice_id']}: rate {row['exchange_rate']}, table {rate}"
            if cents(row["gross_amount"]) <= 0 and row["invoice_id"][:5] not in self.faulty:
                yield f"{row['invoice_id']}: gross {row['gross_amount']}"
