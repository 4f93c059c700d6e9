"""Random small companies: what they bill, credit, are paid and post, rightly and wrongly."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bridge_companies import Company, Draw, Row, agree, cents, deliver, sell
from hypothesis import strategies as st

REASONS = (
    "price",
    "quantity",
    "return",
    "duplicate",
    "rebate",
    "dispute",
    "goodwill",
    "cancellation",
    "other",
    None,
)
TURNED = (None, None, None, None, "reversed")


@st.composite
def companies(draw: Any) -> Company:
    """One company, with one of its records to be left out later."""
    d, company = Draw(draw), Company()
    company.kind = d.pick(["works", "works", "recruitment", "split"])
    sell(company, d)
    agree(company, d)
    deliver(company, d)
    for _ in range(d.count(0, 5)):
        _invoice(company, d)
    if d.chance(40):
        _too_low_a_rate(company, d)
    for _ in range(d.count(0, 2) if company.of("invoices") else 0):
        _copy(company, d)
    for _ in range(d.count(0, 2)):
        _credit_note(company, d)
    for _ in range(d.count(0, 4)):
        _payment(company, d)
    _other_applications(company, d)
    _journals(company, d)
    company.victim = (d.pick(["invoices", "deliveries", "payments", "deal_lines"]), d.count(0, 9))
    return company


def _invoice(company: Company, d: Draw) -> None:
    job = d.pick(company.of("jobs"))
    issued_on = d.day(5, 85)
    status = d.pick(["posted"] * 7 + ["paid", "voided", "draft"])
    invoice: Row = {
        "invoice_id": company.new_id("invoices", "I"),
        "invoice_number": f"{company.new_id('invoices', 'N')}",
        "invoice_type": "invoice",
        "customer_id": job["customer_id"]
        if d.chance(90)
        else d.pick(company.of("customers"))["customer_id"],
        "status": status,
        "issued_on": issued_on,
        "due_on": d.maybe(50, [issued_on + timedelta(days=14), issued_on + timedelta(days=45)]),
        "voided_on": issued_on + timedelta(days=d.count(0, 20)) if status == "voided" else None,
        "currency": d.pick(["GBP", "GBP", "GBP", "EUR", "EUR", "USD"]),
        "exchange_rate": d.maybe(40, [Decimal("0.85"), Decimal("0.91")]),
        "reference": d.pick([None, None, f"Your {job['job_ref'] or 'order'}"]),
    }
    lines = [_line(company, d, job, issued_on) for _ in range(d.count(1, 4))]
    _post(company, d, invoice, lines)


def _line(company: Company, d: Draw, job: Row, issued_on: date) -> Row:
    """A line that names a delivery, an order, a period, the job, a code in its text, or nothing at
    all."""
    done = [row for row in company.of("deliveries") if row["job_id"] == job["job_id"]]
    orders = [
        row["work_order_id"] for row in company.of("work_orders") if row["job_id"] == job["job_id"]
    ]
    delivery = d.maybe(60, done) if done else None
    names = d.pick(
        ["delivery", "delivery", "work_order", "period", "period", "job", "job", "text", "nothing"]
    )
    product = (delivery or {}).get("product_id") or d.maybe(
        85, [row["product_id"] for row in company.of("products")]
    )
    code = next(
        (row["product_code"] for row in company.of("products") if row["product_id"] == product),
        None,
    )
    quantity = abs(delivery["quantity"]) if delivery and d.chance(80) else d.quantity()
    price, discount = d.price(), d.maybe(20, [Decimal("5.00"), Decimal("1.01")])
    starts_on = (delivery or {"delivered_on": issued_on})["delivered_on"] - timedelta(
        days=d.count(0, 6)
    )
    # Which number a text gives follows from the day: the other companies stay as they were drawn.
    told = [job["job_ref"] or "as agreed", *[row["delivery_id"] for row in done], *orders]
    texts = [told[issued_on.day % len(told)], *([told[-1]] if issued_on.day % 5 == 0 else [])]
    return {
        "product_code": code if d.chance(92) else "OTHER@",
        "description": f"Work, {' and '.join(texts)}"
        if names == "text"
        else d.pick([None, "Work as agreed"]),
        "quantity": quantity,
        "unit_price": price,
        "discount_amount": discount,
        "net_amount": d.pick([1] * 9 + [-1, 0]) * (cents(quantity * price) - (discount or 0)),
        "job_ref": (job["job_ref"] or job["job_id"])
        if names in ("period", "job", "work_order") or (names == "text" and issued_on.day % 3)
        else None,
        "work_order_ref": d.pick(orders) if orders and names == "work_order" else None,
        "delivery_id": delivery["delivery_id"] if delivery and names == "delivery" else None,
        "period_starts_on": starts_on if names == "period" else None,
        "period_ends_on": starts_on + timedelta(days=d.pick([6, 6, 30, 20]))
        if names == "period"
        else None,
    }


def _too_low_a_rate(company: Company, d: Draw) -> None:
    """Months of hours billed at too low a rate, and lines that make up for it: as a sum or as
    hours, enough or not."""
    customer = company.of("customers")[0]["customer_id"]
    products = company.of("products")
    product, currency = d.pick(products), d.pick(["GBP", "EUR"])
    contract = company.add(
        "contracts",
        contract_id=company.new_id("contracts", "K"),
        customer_id=customer,
        starts_on=date(2026, 1, 1),
        billing_rule=d.pick(["periodic_arrears", "on_delivery", None]),
        currency=currency,
    )
    company.add(
        "contract_rates",
        contract_rate_id=company.new_id("contract_rates", "R"),
        contract_id=contract["contract_id"],
        unit="hour",
        charge_rate=Decimal(60),
        valid_from=date(2026, 1, 1),
    )
    job = company.add(
        "jobs",
        job_id=company.new_id("jobs", "J"),
        job_ref=f"JOB-@{len(company.of('jobs')) + 1}",
        contract_id=contract["contract_id"],
        customer_id=customer,
        job_type="time_and_materials",
        status="in_progress",
        currency=currency,
        updated_at="2026-01-01 00:00:00",
    )
    months = [(date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 2, 1), date(2026, 2, 28))]
    says_periods, hours = d.chance(60), []
    for starts_on, _ in months:
        hours.append(Decimal(0))
        for _ in range(d.count(1, 2)):
            quantity = d.pick([Decimal(8), Decimal("7.5"), Decimal(20)])
            hours[-1] += quantity
            company.add(
                "deliveries",
                delivery_id=company.new_id("deliveries", "V"),
                job_id=job["job_id"],
                product_id=product["product_id"],
                delivery_type="time",
                status="approved",
                delivered_on=starts_on + timedelta(days=d.count(0, 27)),
                quantity=quantity,
                unit="hour",
            )

    def bill(
        issued_on: date, quantity: Decimal, amount: Decimal, period: tuple[date, date], code: bool
    ) -> None:
        invoice: Row = {
            "invoice_id": company.new_id("invoices", "I"),
            "invoice_number": company.new_id("invoices", "N"),
            "invoice_type": "invoice",
            "customer_id": customer,
            "status": "posted",
            "issued_on": issued_on,
            "due_on": None,
            "voided_on": None,
            "currency": currency,
            "exchange_rate": None,
            "reference": None,
        }
        line = {
            "description": "Hours and rates",
            "discount_amount": None,
            "work_order_ref": None,
            "delivery_id": None,
            "product_code": product["product_code"] if code else None,
            "quantity": quantity,
            "unit_price": (amount / quantity).quantize(Decimal("0.000001")),
            "net_amount": cents(amount),
            "job_ref": job["job_ref"],
            "period_starts_on": period[0] if says_periods else None,
            "period_ends_on": period[1] if says_periods else None,
        }
        _post(company, d, invoice, [line], taxed=False)

    for period, quantity in zip(months, hours, strict=True):
        billed = quantity - d.pick([Decimal(0)] * 4 + [Decimal(4)])
        bill(
            period[1],
            billed,
            billed * d.pick([Decimal(50), Decimal(50), Decimal(60), Decimal("58.33")]),
            period,
            True,
        )
    for _ in range(d.count(1, 3)):
        amount = d.pick([Decimal(text) for text in ("80", "75", "10.01", "50", "60", "160", "400")])
        quantity = d.pick([Decimal(1), Decimal(1), hours[0]])
        period = d.pick([*months, (months[0][0], months[1][1])])
        bill(date(2026, 3, d.count(1, 20)), quantity, amount, period, d.chance(70))


def _post(
    company: Company, d: Draw, invoice: Row, lines: list[Row], taxed: bool | None = None
) -> Row:
    """The document and its lines; now and then its header says something else than they do."""
    rate = Decimal("0.2") if (d.chance(50) if taxed is None else taxed) else Decimal(0)
    posted = []
    for number, line in enumerate(lines, start=1):
        posted.append(
            company.add(
                "invoice_lines",
                **line
                | {
                    "invoice_line_id": f"{invoice['invoice_id']}/{number}",
                    "invoice_id": invoice["invoice_id"],
                    "line_number": number,
                    "tax_amount": cents(line["net_amount"] * rate),
                },
            )
        )
    net = sum((line["net_amount"] for line in posted), Decimal(0))
    tax = sum((line["tax_amount"] for line in posted), Decimal(0))
    off = d.pick([Decimal(0)] * 12 + [Decimal("0.01"), Decimal("-10.00")])
    return company.add(
        "invoices", **invoice, net_amount=net, tax_amount=tax, gross_amount=net + tax + off
    )


def _lines_of(company: Company, invoice: Row) -> list[Row]:
    return [
        dict(line)
        for line in company.of("invoice_lines")
        if line["invoice_id"] == invoice["invoice_id"]
    ]


def _copy(company: Company, d: Draw) -> None:
    """The same invoice once more, under its own number or another one, soon or late."""
    original = d.pick(company.of("invoices"))
    issued_on = original["issued_on"] + timedelta(days=d.pick([0, 1, 10, 11]))
    copy = {
        **original,
        "invoice_id": company.new_id("invoices", "I"),
        "issued_on": issued_on,
        "status": "posted",
    }
    copy |= {
        "voided_on": None,
        "invoice_number": original["invoice_number"] if d.chance(40) else copy["invoice_id"],
    }
    lines = _lines_of(company, original)
    if d.chance(20):
        lines[0]["description"] = "Changed"
    taxed = any(line["tax_amount"] for line in lines)
    for total in ("net_amount", "tax_amount", "gross_amount"):
        copy.pop(total)
    _post(company, d, copy, lines, taxed)


def _credit_note(company: Company, d: Draw) -> None:
    """Takes an invoice back, whole or in part, with and without saying which and why; or something
    nobody billed."""
    issued = [row for row in company.of("invoices") if row["invoice_type"] == "invoice"]
    original = d.maybe(85, issued) if issued else None
    job = d.pick(company.of("jobs"))
    first = original["issued_on"] if original else date(2026, 1, 20)
    credit_note: Row = {
        "invoice_id": company.new_id("invoices", "I"),
        "invoice_number": company.new_id("invoices", "CN"),
        "invoice_type": "credit_note",
        "customer_id": original["customer_id"] if original else job["customer_id"],
        "status": d.pick(["posted"] * 6 + ["voided"]),
        "issued_on": first + timedelta(days=d.count(0, 30)),
        "voided_on": first + timedelta(days=40),
        "currency": original["currency"] if original else "GBP",
        "exchange_rate": original["exchange_rate"] if original and d.chance(60) else None,
        "corrects_invoice_id": original["invoice_id"] if original and d.chance(70) else None,
        "credit_reason": d.pick(REASONS),
    }
    lines = _lines_of(company, original) if original else [_line(company, d, job, first)]
    for line in lines:
        if d.chance(40):
            line["quantity"] = (line["quantity"] / 2).quantize(Decimal("0.000001"))
            line["net_amount"] = cents(line["quantity"] * line["unit_price"])
        if d.chance(15):
            line["product_code"] = d.pick(company.of("products"))["product_code"]
    _post(company, d, credit_note, lines[: d.count(1, len(lines))])


def _payment(company: Company, d: Draw) -> None:
    """A receipt: whole, in part, too much, of another currency, taken back, or of nobody and for
    nothing."""
    issued = [row for row in company.of("invoices") if row["invoice_type"] == "invoice"]
    invoices = [d.pick(issued) for _ in range(d.count(0, 2))] if issued else []
    invoices = [row for position, row in enumerate(invoices) if row not in invoices[:position]]
    received_on = d.day(20, 85)
    currency = invoices[0]["currency"] if invoices and d.chance(75) else d.pick(["GBP", "EUR"])
    shares = [
        cents(
            row["gross_amount"] * d.pick([Decimal(1), Decimal(1), Decimal("0.5"), Decimal("1.1")])
        )
        for row in invoices
    ]
    is_reversed = d.chance(12)
    payment = company.add(
        "payments",
        payment_id=company.new_id("payments", "M"),
        customer_id=invoices[0]["customer_id"]
        if invoices
        else d.maybe(80, [company.of("customers")[0]["customer_id"]]),
        received_on=received_on,
        amount=sum(
            (share for share in shares if share > 0), d.pick([Decimal(0), Decimal("100.00")])
        ),
        currency=currency,
        exchange_rate=d.maybe(50, [Decimal("0.86"), Decimal("1.1")]),
        status="reversed" if is_reversed else "received",
        reversed_on=received_on + timedelta(days=d.count(1, 20)) if is_reversed else None,
    )
    for invoice, share in zip(invoices, shares, strict=True):
        if share <= 0:
            continue
        applied_on = received_on + timedelta(days=d.pick([0, 0, 3, 15]))
        same = currency == invoice["currency"]
        other = (
            cents(share * Decimal("1.07"))
            if not same
            else d.maybe(10, [share - Decimal("0.01"), share + 1])
        )
        company.add(
            "payment_applications",
            application_id=company.new_id("payment_applications", "A"),
            payment_id=payment["payment_id"],
            invoice_id=invoice["invoice_id"],
            kind="payment",
            applied_on=applied_on,
            amount=share,
            payment_amount=other if not same or other is not None else None,
            reversed_on=d.maybe(15, [applied_on + timedelta(days=4)]),
        )


def _other_applications(company: Company, d: Draw) -> None:
    """Write-offs, discounts for paying early, and credit notes set against invoices."""
    issued = [row for row in company.of("invoices") if row["invoice_type"] == "invoice"]
    credit_notes = [row for row in company.of("invoices") if row["invoice_type"] == "credit_note"]
    for _ in range(d.count(0, 3) if issued else 0):
        invoice = d.pick(issued)
        kind = d.pick(["write_off", "discount", "credit_note", "credit_note"])
        credit_note = d.pick(credit_notes) if credit_notes and kind == "credit_note" else None
        if kind == "credit_note" and credit_note is None:
            continue
        whole = (
            min(invoice["gross_amount"], credit_note["gross_amount"])
            if credit_note
            else invoice["gross_amount"]
        )
        amount = cents(whole * d.pick([Decimal(1), Decimal("0.5"), Decimal("0.03")]))
        applied_on = d.day(20, 85)
        if amount > 0:
            company.add(
                "payment_applications",
                application_id=company.new_id("payment_applications", "A"),
                payment_id=None,
                credit_note_id=credit_note["invoice_id"] if credit_note else None,
                invoice_id=invoice["invoice_id"],
                kind=kind,
                applied_on=applied_on,
                amount=amount,
                reversed_on=d.maybe(10, [applied_on + timedelta(days=2)]),
            )


def _journals(company: Company, d: Draw) -> None:
    """Revenue: of documents, accrued and turned round, by hand, of no job; and a year's close."""
    company.add(
        "accounts",
        account_code="4000@",
        account_name="Revenue",
        account_type="revenue",
        account_role="revenue",
    )
    for invoice in company.of("invoices"):
        if invoice["status"] == "draft" or not d.chance(65):
            continue
        sign = -1 if invoice["invoice_type"] == "invoice" else 1
        journal_id = company.new_id("journal_lines", "G")
        for line in _lines_of(company, invoice):
            _journal(
                company,
                journal_id=journal_id,
                posted_on=invoice["issued_on"],
                amount=cents(
                    sign
                    * line["net_amount"]
                    * Decimal("0.9" if invoice["currency"] != "GBP" else "1")
                ),
                currency=invoice["currency"],
                currency_amount=d.maybe(80, [sign * line["net_amount"]]),
                document_type=invoice["invoice_type"],
                document_id=invoice["invoice_id"],
                document_line_id=d.maybe(85, [line["invoice_line_id"]]),
                product_code=line["product_code"],
                is_manual=False,
            )
    for _ in range(d.count(0, 4)):
        _other_journal(company, d)


def _other_journal(company: Company, d: Draw) -> None:
    job, posted_on = d.pick(company.of("jobs")), d.day(10, 80)
    kind = d.pick(["accrual", "accrual", "manual", "other", "year_close", None])
    journal_id = company.new_id("journal_lines", "G")
    line = {
        "amount": d.pick(
            [Decimal("-100.00"), Decimal("-250.00"), Decimal("40.00"), Decimal("0.00")]
        ),
        "document_type": kind,
        "product_code": d.maybe(60, [row["product_code"] for row in company.of("products")]),
        "job_ref": d.maybe(80, [job["job_ref"] or job["job_id"]]),
        "customer_id": d.maybe(40, [job["customer_id"]]),
        "is_manual": d.pick([None, True, False]),
    }
    _journal(company, journal_id=journal_id, posted_on=posted_on, **line)
    if kind == "accrual" and d.chance(70):
        turned = {
            **line,
            "amount": -line["amount"],
            "product_code": line["product_code"] if d.chance(70) else None,
        }
        _journal(
            company,
            journal_id=company.new_id("journal_lines", "G"),
            posted_on=posted_on + timedelta(days=d.count(0, 20)),
            reverses_journal_id=journal_id if d.chance(70) else None,
            **turned,
        )


def _journal(company: Company, **line: Any) -> None:
    company.add(
        "journal_lines",
        journal_line_id=company.new_id("journal_lines", "GL"),
        account_code="4000@",
        **line,
    )
