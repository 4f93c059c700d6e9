"""The workshop's own system: customers, contracts, jobs, order lines, deliveries, as CSVs."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from second_world.basics import day

Row = dict[str, str]
COLUMNS = {
    "customers": "customer_id customer_name tax_number website city country updated_at",
    "people": "person_id full_name email role active standard_cost_rate",
    "products": "product_id product_code product_name product_category unit list_price currency",
    "contracts": "contract_id customer_id deal_id starts_on ends_on billing_rule billing_period "
    "billing_window_days recognition_rule payment_terms_days retention_pct currency status",
    "contract_rates": "contract_rate_id contract_id product_id unit charge_rate valid_from valid_to",
    "change_orders": "change_order_id deal_id job_id status approved_on amount_delta currency reason",
    "jobs": "job_id job_ref deal_id contract_id customer_id job_type status manager_id "
    "planned_start_on planned_end_on started_on completed_on currency updated_at",
    "job_lines": "job_line_id job_id deal_line_id product_id description quantity unit unit_price "
    "discount_amount net_amount currency updated_at",
    "deliveries": "delivery_id job_id job_line_id product_id person_id delivery_type status "
    "billable delivered_on approved_on accepted_on quantity unit value_amount updated_at",
    "costs": "cost_id job_id product_id supplier_invoice_ref document_id cost_type incurred_on "
    "quantity unit amount currency",
}
PRODUCTS = {
    "UUR": ("Workshop hour", "hour"),
    "FLENS": ("Flange", "each"),
    "AS": ("Drive shaft", "each"),
    "PLAN": ("Care plan", "month"),
    "PROJECT": ("Refit project", "lot"),
}


class Worth(NamedTuple):
    """What a delivery is worth by the agreement, in the job's currency."""

    customer: str
    delivery_id: str
    on: str
    currency: str
    amount: str


class Shop:
    """Rows by entity, and what each delivery is worth."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.worth: list[Worth] = []
        for at, (code, (name, unit)) in enumerate(PRODUCTS.items(), 1):
            self._add(
                "products",
                product_id=f"WP{at}",
                product_code=code,
                product_name=name,
                product_category="workshop",
                unit=unit,
                currency="EUR",
            )
        for key, name in (("WM1", "Femke Baas"), ("WM2", "Joris Lont")):
            self._add(
                "people",
                person_id=key,
                full_name=name,
                role="engineer",
                active="true",
                standard_cost_rate="38",
            )

    def _add(self, entity: str, **values: str) -> None:
        self.rows[entity].append({"updated_at": "2026-06-20T10:00:00", **values})

    @staticmethod
    def product_id(code: str) -> str:
        """The workshop's id of a product."""
        return f"WP{list(PRODUCTS).index(code) + 1}"

    def customer(
        self,
        key: str,
        name: str,
        *,
        tax: str = "",
        website: str = "",
        city: str = "",
        country: str = "NL",
    ) -> None:
        """A customer as the workshop knows it."""
        self._add(
            "customers",
            customer_id=key,
            customer_name=name,
            tax_number=tax,
            website=website,
            city=city,
            country=country,
        )

    def job(
        self,
        ref: str,
        who: str,
        kind: str,
        deal: str = "",
        *,
        start: str = "01-05",
        done: str = "",
        customer_id: str = "",
        rule: str = "on_delivery",
        period: str = "",
        recognition: str = "as_delivered",
        rate: tuple[str, str, str] | None = None,
        currency: str = "EUR",
        retention: str = "",
        status: str = "",
    ) -> None:
        """A job with its contract. `rate` is product, unit and charge rate."""
        customer = customer_id or f"W-{who}"
        self._add(
            "contracts",
            contract_id=f"C-{ref}",
            customer_id=customer,
            deal_id=deal,
            starts_on=str(day(start)),
            billing_rule=rule,
            billing_period=period,
            billing_window_days="35",
            recognition_rule=recognition,
            payment_terms_days="30",
            retention_pct=retention,
            currency=currency,
            status="active",
        )
        if rate:
            self._add(
                "contract_rates",
                contract_rate_id=f"R-{ref}",
                contract_id=f"C-{ref}",
                product_id=self.product_id(rate[0]),
                unit=rate[1],
                charge_rate=rate[2],
                valid_from=str(day(start)),
            )
        self._add(
            "jobs",
            job_id=ref,
            job_ref=ref,
            deal_id=deal,
            contract_id=f"C-{ref}",
            customer_id=customer,
            job_type=kind,
            status=status or ("completed" if done else "in_progress"),
            manager_id="WM1",
            planned_start_on=str(day(start)),
            planned_end_on="2026-12-31",
            started_on=str(day(start)),
            completed_on=str(day(done)) if done else "",
            currency=currency,
        )

    def order(
        self,
        ref: str,
        code: str,
        qty: str,
        price: str,
        net: str,
        *,
        discount: str = "",
        currency: str = "EUR",
        at: int = 1,
    ) -> None:
        """A line of what the order was placed for."""
        self._add(
            "job_lines",
            job_line_id=f"{ref}/{at}",
            job_id=ref,
            product_id=self.product_id(code),
            quantity=qty,
            unit=PRODUCTS[code][1],
            unit_price=price,
            discount_amount=discount,
            net_amount=net,
            currency=currency,
        )

    def change(self, ref: str, deal: str, on: str, amount: str, reason: str) -> None:
        """An approved change order."""
        self._add(
            "change_orders",
            change_order_id=f"CO-{ref}",
            deal_id=deal,
            job_id=ref,
            status="approved",
            approved_on=str(day(on)),
            amount_delta=amount,
            currency="EUR",
            reason=reason,
        )

    def deliver(
        self,
        ref: str,
        who: str,
        code: str,
        on: str,
        qty: str,
        worth: str,
        *,
        kind: str = "time",
        currency: str = "EUR",
        line: int = 0,
        status: str = "approved",
    ) -> None:
        """A delivery; a milestone and an expense carry their own value."""
        key = f"{ref}-D{len(self.rows['deliveries']) + 1}"
        own = worth if kind in ("milestone", "expense") else ""
        self._add(
            "deliveries",
            delivery_id=key,
            job_id=ref,
            product_id="" if kind == "expense" else self.product_id(code),
            job_line_id=f"{ref}/{line}" if line else "",
            status=status,
            billable="true",
            person_id="WM2" if kind == "time" else "",
            delivery_type=kind,
            delivered_on=str(day(on)),
            approved_on=str(day(on)) if status == "approved" else "",
            accepted_on=str(day(on)) if kind == "milestone" else "",
            quantity=qty,
            unit=PRODUCTS[code][1] if kind != "expense" else "each",
            value_amount=own,
        )
        if status == "approved":
            self.worth.append(Worth(who, key, str(day(on)), currency, worth))

    def cost(
        self,
        ref: str,
        on: str,
        amount: str,
        document: str,
        *,
        kind: str = "material",
        currency: str = "EUR",
        bill: str = "",
    ) -> None:
        """What a job used up: `document` is the ledger's id of the bill, `bill` its number."""
        self._add(
            "costs",
            cost_id=f"K{len(self.rows['costs']) + 1}",
            job_id=ref,
            supplier_invoice_ref=bill,
            document_id=document,
            cost_type=kind,
            incurred_on=str(day(on)),
            amount=amount,
            currency=currency,
        )
