"""At the edge of rules about margin, prices, credit for a sale, and what costs are of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from control_companies import Company, Row
from control_edges import SOON, like, march

BILLING = ("invoices", "invoice_lines", "payments", "payment_applications", "journal_lines")


def unbilled(c: Company) -> None:
    for entity in BILLING:
        c.tables[entity].clear()


def budgeted(cost: Any, budget: Any, **job: Any) -> Callable[[Company], None]:
    """A fixed price of which nothing is delivered yet, with what was spent and what its budget
    says."""

    def change(c: Company) -> None:
        unbilled(c)
        c.tables["deliveries"].clear()
        c.one("jobs").update(**{"status": "in_progress", "completed_on": None, **job})
        c.one("costs").update(amount=cost)
        if budget is not None:
            c.add(
                "job_budgets",
                job_budget_id=f"{c.p}B",
                job_id=f"{c.p}J",
                product_id=f"{c.p}P",
                currency="GBP",
                budget_cost=budget,
                estimated_on="2026-01-05",
            )

    return change


def for_the_house(c: Company) -> None:
    """Two finished jobs that cost something and delivered nothing: one was sold, one is the
    house's own."""
    unbilled(c)
    c.tables["deliveries"].clear()
    c.tables["work_orders"].clear()
    c.one("costs").update(delivery_id=None)
    about: Row = {"deal_id": None, "contract_id": None, "job_ref": f"JOB-9{c.p}"}
    like(c, "jobs", "J2", **about)
    like(c, "costs", "X2", job_id=f"{c.p}J2")


def spent_ahead(c: Company) -> None:
    """Sold by the hour, and nothing worked yet that could be billed: its cost is work in
    progress."""
    unbilled(c)
    c.tables["deliveries"].clear()
    c.tables["work_orders"].clear()
    c.one("jobs").update(status="in_progress", completed_on=None)
    c.one("costs").update(delivery_id=None)


def dear(c: Company) -> None:
    """Hours that cost too much, on a job that goes on."""
    c.one("costs").update(amount=860)
    c.one("jobs").update(status="in_progress", completed_on=None)


def planned(cost: Any, **job: Any) -> Callable[[Company], None]:
    """Twenty hours for 1,000, planned at `cost`; they cost 400."""

    def change(c: Company) -> None:
        c.one("deal_lines").update(planned_cost=cost)
        c.one("jobs").update(**job)

    return change


def planned_whole(c: Company) -> None:
    """Two products, and one budget for all of a finished job."""
    budget_of_the_whole(c)
    c.one("job_budgets").update(budget_cost=400)
    c.one("jobs").update(status="completed", completed_on="2026-02-20")


def planned_in_part(c: Company) -> None:
    """Of two products that a finished job was sold one has a planned cost, which was not enough."""
    second_product(None)(c)
    c.one("deal_lines").update(planned_cost=340)
    c.one("jobs").update(status="completed", completed_on="2026-02-20")


def planned_and_unrated(c: Company) -> None:
    """One more cost has no rate: the margin is not known."""
    planned(340)(c)
    like(c, "costs", "X2", amount=5, currency="NOK")


def planned_small(c: Company) -> None:
    """A job of a hundred, which cost ten more than planned."""
    c.one("deals").update(amount=100)
    c.one("deal_lines").update(unit_price=5, net_amount=100, planned_cost=10)
    c.one("contract_rates").update(charge_rate=5)
    c.one("costs").update(amount=20)
    unbilled(c)
    c.invoice("I1", date(2026, 2, 15), [c.line(20, 5, delivery_id=f"{c.p}V")])


def rebate_agreed(c: Company) -> None:
    """Half of the fee went back as agreed; the cost of it is the planned one, and a share of less."""
    c.one("deal_lines").update(planned_cost=100)
    c.add(
        "costs",
        cost_id=f"{c.p}X",
        job_id=f"{c.p}J",
        cost_type="expense",
        incurred_on="2026-01-10",
        amount=100,
        currency="GBP",
    )


def second_product(planned_cost: Any, **deal: Any) -> Callable[[Company], None]:
    """A second product was sold with the first, which has a planned cost; both are for one job."""

    def change(c: Company) -> None:
        c.one("deal_lines").update(planned_cost=400)
        c.one("deals").update(amount=1200, **deal)
        c.one("jobs").update(status="in_progress", completed_on=None)
        like(c, "products", "P2", product_code=f"{c.p}P2", product_name=f"Second {c.p}")
        like(
            c,
            "deal_lines",
            "DL2",
            product_id=f"{c.p}P2",
            quantity=4,
            net_amount=200,
            planned_hours=None,
            planned_cost=planned_cost,
        )

    return change


def passed_on(c: Company) -> None:
    """Two more products: expenses, which are passed on at cost, and material, with an expense."""
    second_product(None)(c)
    c.one("deals").update(amount=1400)
    like(c, "products", "P3", product_code=f"{c.p}P3", product_name=f"Third {c.p}")
    line: Row = {"quantity": 4, "net_amount": 200, "planned_hours": None, "planned_cost": None}
    like(c, "deal_lines", "DL3", product_id=f"{c.p}P3", **line)
    for ident, product, kind in (
        ("VA", "P2", "expense"),
        ("VB", "P3", "expense"),
        ("VC", "P3", "material"),
    ):
        about: Row = {"product_id": f"{c.p}{product}", "delivery_type": kind, "work_order_id": None}
        like(c, "deliveries", ident, quantity=1, unit="each", billable="false", **about)


def budget_of_the_whole(c: Company) -> None:
    """Two products, and one budget for all of the job."""
    second_product(None)(c)
    c.one("deal_lines").update(planned_cost=None)
    budget: Row = {"job_budget_id": f"{c.p}B", "job_id": f"{c.p}J", "estimated_on": "2026-01-05"}
    c.add("job_budgets", **budget, currency="GBP", budget_cost=500)


def changes_planned(c: Company) -> None:
    """Change orders of a job with a planned cost: only one of them says nothing of its own."""
    unit = c.one("deal_lines")["unit"]
    c.one("deal_lines").update(planned_cost=400, planned_hours=20)
    for ident, about in {
        "COA": {},
        "COB": {"cost_delta": 50},
        "COC": {"quantity_delta": 5, "unit": unit},
        "COD": {"hours_delta": 3},
        "COE": {"amount_delta": 100},
        "COF": {"amount_delta": -250},
        "COG": {"approved_on": march(17)},
    }.items():
        c.add(
            "change_orders",
            **{
                "change_order_id": f"{c.p}{ident}",
                "deal_id": f"{c.p}D",
                "job_id": f"{c.p}J",
                "product_id": f"{c.p}P",
                "status": "approved",
                "approved_on": "2026-02-01",
                "amount_delta": 250,
                "currency": "GBP",
                **about,
            },
        )
    c.one("jobs").update(status="in_progress", completed_on=None)


def placed_and_passed_on(c: Company) -> None:
    """The contract of a placement says what is paid; expenses are sold with it."""
    c.one("contracts").update(planned_quantity=20)
    c.one("deals").update(amount=1200)
    like(c, "products", "P2", product_code=f"{c.p}P2", product_name=f"Second {c.p}")
    line: Row = {"quantity": 4, "net_amount": 200, "planned_hours": None}
    like(c, "deal_lines", "DL2", product_id=f"{c.p}P2", **line)


def planners(c: Company) -> None:
    """In a system that plans what its jobs cost, one of two has no plan. Jobs that were never sold
    have none to have; of a deal that nobody opened a job for, nothing is asked."""
    c.one("deal_lines").update(planned_cost=400)
    for number, cost in (("2", None), ("3", None), ("4", 400)):
        like(c, "deals", f"D{number}")
        like(c, "deal_lines", f"DL{number}", deal_id=f"{c.p}D{number}", planned_cost=cost)
    for number, deal in (("2", f"{c.p}D2"), ("8", None), ("9", None)):
        like(
            c,
            "jobs",
            f"J{number}",
            job_ref=f"JOB-{number}{c.p}",
            deal_id=deal,
            contract_id=None,
            status="in_progress",
            completed_on=None,
        )
        if deal is None:
            like(c, "costs", f"X{number}", job_id=f"{c.p}J{number}", delivery_id=None)


def fees_planned(c: Company) -> None:
    """Of two fees one is planned to cost nothing, and of the other nobody says it."""
    c.one("deal_lines").update(planned_cost=0)
    like(c, "deals", "D2")
    like(c, "deal_lines", "DL2", deal_id=f"{c.p}D2", planned_cost=None)
    like(c, "jobs", "J2", job_ref=f"JOB-2{c.p}", deal_id=f"{c.p}D2", contract_id=None)


def waiting(on: date, amount: Any = 400) -> Callable[[Company], None]:
    """Cost on a job of which nothing is delivered, since a day."""

    def change(c: Company) -> None:
        budgeted(amount, None)(c)
        c.one("costs").update(incurred_on=on)

    return change


def waiting_and_paid(c: Company) -> None:
    """The customer pays a deposit in March; the cost waits all the same."""
    waiting(date(2026, 1, 10))(c)
    c.invoice("I1", date(2026, 1, 15), [c.line(1, 100)], post=False)
    c.pay("M", "I1", march(10), Decimal("120.00"))


def uncosted(
    on: date = date(2026, 2, 10), *, rate: Any = None, who: str | None = "E", hours: int = 1
) -> Callable[[Company], None]:
    """One more day's work, for nothing, that costs nothing; whoever did it may have a rate."""

    def change(c: Company) -> None:
        c.one("people", "E").update(standard_cost_rate=rate)
        like(
            c,
            "deliveries",
            "V2",
            delivered_on=on,
            quantity=hours,
            billable="false",
            person_id=who and f"{c.p}{who}",
        )

    return change


def costs_of_nothing(c: Company) -> None:
    """Costs that name no job, or one that is not there; and such as need none yet, or any more."""
    for ident, about in {
        "XA": {"job_id": None, "amount": "1.01"},
        "XB": {"job_id": None, "amount": 1},
        "XC": {"job_id": f"{c.p}NONE", "amount": 7},
        "XD": {"job_id": None, "amount": 7, "incurred_on": SOON},
        "XE": {"job_id": None, "amount": -7},
        "XF": {"amount": 7},
    }.items():
        like(c, "costs", ident, delivery_id=None, person_id=None, **about)


def pay_of_nothing(c: Company) -> None:
    """Pay that names neither a timesheet nor a job."""
    like(c, "pay_items", "PI9", delivery_id=None, job_ref=None, quantity=1, amount=30)


def nobodys(*, manager: bool = False, keeper: bool = False, owner: Any = None) -> Any:
    """A deal without an owner, or with one who is not there; perhaps its job has a manager, or its
    customer somebody."""

    def change(c: Company) -> None:
        seller = c.one("deals")["owner_id"]
        c.one("deals").update(owner_id=owner)
        if not manager:
            c.one("jobs").update(manager_id=None)
        if keeper:
            c.one("customers").update(owner_id=seller)

    return change


def unsold(c: Company) -> None:
    """A job that no deal sold and nobody manages."""
    c.one("jobs").update(deal_id=None, manager_id=None)
    c.one("contracts").update(deal_id=None)


def shares(*rows: tuple[str, int, Any, Any]) -> Callable[[str], dict[str, list[Row]]]:
    """Who has which share of the deal, from when and until when."""

    def says(p: str) -> dict[str, list[Row]]:
        return {
            "attribution_splits": [
                {
                    "source_system": "stack",
                    "deal_id": f"{p}D",
                    "person_id": f"{p}{person}",
                    "share_bp": share,
                    "valid_from": begins,
                    "valid_to": ends,
                    "owner": "Sales operations",
                    "reason": "Sold together",
                    "approved_by": "Sales director",
                }
                for person, share, begins, ends in rows
            ]
        }

    return says


def nothing(c: Company) -> None:
    """As it is."""


def listed_at(price: Any, **entry: Any) -> Callable[[Company], None]:
    """Pieces that a price list has at a price; they were sold at 50."""

    def change(c: Company) -> None:
        p = c.p
        c.add(
            "price_list_entries",
            **{
                "price_list_entry_id": f"{p}E",
                "product_id": f"{p}P",
                "currency": "GBP",
                "unit": "each",
                "list_price": price,
                "segment": None,
                "valid_from": "2025-01-01",
                "valid_to": None,
                **entry,
            },
        )

    return change


def with_reason(kind: str) -> Callable[[Company], None]:
    """Sold below list, and something says why: or does not quite."""

    def change(c: Company) -> None:
        listed_at(60)(c)
        p = c.p
        if kind == "stated":
            c.one("deal_lines").update(unit_price=53, discount_amount=60)
        if kind in ("approved", "unapproved", "approved_later"):
            c.add(
                "quotes",
                quote_id=f"{p}Q",
                deal_id=f"{p}D",
                status="accepted",
                sent_on="2026-01-03",
                accepted_on=SOON if kind == "approved_later" else "2026-01-05",
                amount=1000,
                currency="GBP",
                approved_by=None if kind == "unapproved" else "Sales director",
            )
        if kind == "stated_otherwise":
            # The other line of the job states a discount, and so does a line of another job.
            c.one("deals").update(amount=1090)
            about: Row = {"quantity": 2, "discount_amount": 10, "net_amount": 90}
            like(c, "products", "P2", product_code=f"{p}P2", product_name=f"Second {p}")
            like(c, "deal_lines", "DL2", product_id=f"{p}P2", **about)
            like(c, "deals", "D2", amount=90)
            like(c, "deal_lines", "DL3", deal_id=f"{p}D2", **about)
            like(c, "jobs", "J2", job_ref=f"JOB-9{p}", deal_id=f"{p}D2", contract_id=None)
        if kind in ("contract", "contract_otherwise", "contract_of_the_sale"):
            product = f"{p}P2" if kind == "contract_otherwise" else f"{p}P"
            if kind == "contract_otherwise":
                like(c, "products", "P2", product_code=product, product_name=f"Second {p}")
            rate: Row = {"contract_rate_id": f"{p}R", "contract_id": f"{p}K", "unit": "each"}
            c.add(
                "contract_rates",
                **rate,
                product_id=product,
                person_id=None,
                charge_rate=50,
                pay_rate=None,
                valid_from="2026-01-05" if kind == "contract_of_the_sale" else "2026-01-01",
                valid_to=None,
            )
        for name, about in {
            "segment": {"list_price": 50},
            "segment_above": {"list_price": 51},
            "segment_over": {"list_price": 50, "valid_to": "2026-01-01"},
            "segment_later": {"list_price": 50, "valid_from": "2026-02-01"},
            "segment_in_euros": {"list_price": 50, "currency": "EUR"},
            "segment_by_the_box": {"list_price": 50, "unit": "box"},
        }.items():
            if kind == name:
                like(c, "price_list_entries", "E2", segment="trade", **about)

    return change


def lowered_by(amount: int, **order: Any) -> Callable[[Company], None]:
    """A change order takes something off the price, and the order follows it."""

    def change(c: Company) -> None:
        p, net = c.p, 1000 - amount
        c.add(
            "change_orders",
            change_order_id=f"{p}CO",
            deal_id=f"{p}D",
            job_id=f"{p}J",
            product_id=f"{p}P",
            status="approved",
            approved_on="2026-01-20",
            amount_delta=-amount,
            currency="GBP",
        )
        c.add(
            "job_lines",
            **{
                "job_line_id": f"{p}JL",
                "job_id": f"{p}J",
                "product_id": f"{p}P",
                "quantity": 20,
                "unit": "each",
                "unit_price": Decimal(net) / 20,
                "net_amount": net,
                **order,
            },
        )

    return change


def billed_at(price: int) -> Callable[[Company], None]:
    """All that was delivered is billed below its price."""

    def change(c: Company) -> None:
        unbilled(c)
        lines = [
            c.line(one["quantity"], price, delivery_id=one["delivery_id"])
            for one in c.tables["deliveries"]
        ]
        c.invoice("I1", date(2026, 2, 15), lines)

    return change


def credited_with(reason: str, amount: int) -> Callable[[Company], None]:
    def change(c: Company) -> None:
        c.invoice(
            "N1",
            march(1),
            [c.line(1, amount)],
            post=False,
            invoice_type="credit_note",
            corrects_invoice_id=f"{c.p}I1",
            credit_reason=reason,
        )

    return change


def settled_less(gross: int) -> Callable[[Company], None]:
    """The customer takes something off at paying, and it is agreed."""

    def change(c: Company) -> None:
        paid = 1200 - gross
        c.one("payments").update(amount=paid)
        application = c.one("payment_applications")
        application.update(amount=paid)
        c.add(
            "payment_applications",
            **{
                **application,
                "application_id": f"{c.p}AD",
                "payment_id": None,
                "kind": "discount",
                "amount": gross,
            },
        )

    return change


def by_progress(amount: int, budget: Any = 500) -> Callable[[Company], None]:
    """A thousand that are recognised by the progress of their costs, of which 300 of 500 were
    spent: 600 are earned, before anything is delivered."""

    def change(c: Company) -> None:
        budgeted(300, budget)(c)
        c.tables["journal_lines"].clear()
        c.one("costs").update(incurred_on="2026-03-10")
        c.one("contracts").update(recognition_rule="percentage_of_completion")
        c.journal(
            "JX",
            march(31),
            ("1150", amount),
            ("4000", -amount),
            document_type="accrual",
            job_ref=f"JOB-{c.p}",
        )

    return change
