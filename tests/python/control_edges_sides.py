"""At the edge of what one exception, credit or bill holds of another: its own side, its own amount,
its own currency, once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from control_companies import Company, Row
from control_edges import bill, like, march


def _below_its_price(c: Company) -> None:
    """Ten pieces sold at 50 are billed at 45, and no contract has a rate for them."""
    c.tables["invoice_lines"][0].update(unit_price=45, net_amount=450, tax_amount=90)
    c.one("invoices").update(net_amount=950, tax_amount=190, gross_amount=1140)


def _shipped(c: Company, ident: str, on: date, quantity: int) -> None:
    like(c, "deliveries", ident, quantity=quantity, delivered_on=on, approved_on=on)
    like(
        c,
        "stock_moves",
        f"S{ident}",
        delivery_id=f"{c.p}{ident}",
        quantity=-quantity,
        moved_on=on,
    )


def below_and_above(c: Company) -> None:
    """Another lot of the job is billed twice: who asks about that does not ask about the price."""
    _below_its_price(c)
    _shipped(c, "V3", date(2026, 2, 24), 8)
    for ident in ("I3", "I4"):
        c.invoice(
            ident, march(1), [c.line(8, 50, delivery_id=f"{c.p}V3", description=ident)], post=False
        )


def below_and_not_billed(c: Company) -> None:
    """Another lot of the job is not billed at all: that is its own amount, and no more."""
    _below_its_price(c)
    _shipped(c, "V3", date(2026, 2, 24), 8)


def in_two_currencies(c: Company) -> None:
    """Lots of 100 pounds: one billed whole in each of two currencies, one half in each, one whole in
    euros, one in halves of it, and one twice in kroner, of which nobody knows the rate."""
    euros: Row = {"currency": "EUR", "exchange_rate": Decimal("0.85")}
    whole, half = Decimal("117.65"), Decimal("58.82")
    for letter, bills in {
        "A": [(Decimal(100), {}), (whole, euros)],
        "B": [(Decimal(50), {}), (half, euros)],
        "C": [(whole, euros)],
        "D": [(half, euros), (Decimal("58.83"), euros)],
        "E": [(Decimal(1000), {"currency": "NOK"}), (Decimal(1000), {"currency": "NOK"})],
        "F": [(whole, euros), (whole, euros)],
    }.items():
        _shipped(c, f"V{letter}", date(2026, 2, 20), 2)
        for number, (net, about) in enumerate(bills):
            line = c.line(1, net, delivery_id=f"{c.p}V{letter}", description=f"{letter}{number}")
            c.invoice(f"I{letter}{number}", march(1 + number), [line], post=False, **about)


def credited_in_part(c: Company) -> None:
    """A bill after a credit for its quantity, of three tenths, of nine, and of nine in two steps: it
    bills anew, and what is too much of it has no delivery."""
    for letter, net, credits in (("A", 100, (30,)), ("B", 110, (99,)), ("C", 120, (60, 48))):
        bill(c, f"I{letter}1", march(1), net, letter)
        for number, credit in enumerate(credits):
            bill(
                c,
                f"N{letter}{number}",
                march(2),
                credit,
                f"{letter}{number}",
                invoice_type="credit_note",
                corrects_invoice_id=f"{c.p}I{letter}1",
                credit_reason="quantity",
            )
        bill(c, f"I{letter}2", march(3), net, letter)


def billed_in_another(c: Company) -> None:
    """Four of five hours are billed in euros, at the agreed price: what is short is a fifth of 250
    pounds."""
    like(c, "deliveries", "V2", quantity=5, delivered_on=date(2026, 2, 20), work_order_id=None)
    c.invoice(
        "IE",
        march(1),
        [c.line(4, Decimal("58.82"), delivery_id=f"{c.p}V2")],
        post=False,
        currency="EUR",
        exchange_rate=Decimal("0.85"),
    )


def billed_to_a_stranger_in_two(c: Company) -> None:
    """Whom nobody else knows was billed in euros as well."""
    c.invoice(
        "I9",
        march(1),
        [c.line(1, 100)],
        post=False,
        currency="EUR",
        exchange_rate=Decimal("0.85"),
    )


def tax_of_the_document(c: Company) -> None:
    """No line says its tax: the document does, and once five too little, once a cent too much for
    two lines that are rounded; a line that says its own is a cent out of what one may be."""
    for ident, tax in (
        ("IA", 30),
        ("IB", 25),
        ("ID", Decimal("30.04")),
        ("IE", Decimal("30.05")),
    ):
        c.invoice(ident, march(1), [c.line(1, 100), c.line(1, 50)], post=False)
        for line in c.tables["invoice_lines"][-2:]:
            line["tax_amount"] = None
        c.tables["invoices"][-1].update(tax_amount=tax, gross_amount=150 + tax)
    # One of the lines has no rate: whose the tax is nobody can tell.
    c.invoice("IC", march(1), [c.line(1, 100), c.line(1, 50)], post=False)
    for line in c.tables["invoice_lines"][-2:]:
        line["tax_amount"] = None
    c.tables["invoice_lines"][-1]["tax_code"] = "T99"
    c.tables["invoices"][-1].update(tax_amount=27, gross_amount=177)
    c.invoice("IF", march(1), [c.line(1, 100), c.line(1, 50)], post=False)
    c.tables["invoice_lines"][-2]["tax_amount"] = Decimal("20.03")


def in_yen(c: Company) -> None:
    """A fifth of 1,234 yen is 247 of them, or 246, and not 245. Kroner and zlotys have smaller units,
    of which a net or a tax tells."""
    for ident, currency, net, tax in (
        ("IA", "JPY", Decimal(1234), Decimal(247)),
        ("IB", "JPY", Decimal(1234), Decimal(246)),
        ("IC", "JPY", Decimal(1234), Decimal(245)),
        ("ID", "DKK", Decimal("10.50"), Decimal(2)),
        ("IE", "PLN", Decimal(100), Decimal("20.50")),
    ):
        bill(c, ident, march(1), net, currency=currency)
        c.tables["invoice_lines"][-1]["tax_amount"] = tax
        c.tables["invoices"][-1].update(tax_amount=tax, gross_amount=net + tax)


def credited_a_little(c: Company) -> None:
    """The person left early, and ten were given back for something else."""
    c.tables["invoice_lines"][-1].update(quantity=1, unit_price=10, net_amount=10, tax_amount=2)
    c.one("invoices", "N1").update(
        net_amount=10, tax_amount=2, gross_amount=12, credit_reason="goodwill"
    )
    c.one("payment_applications", "AN").update(amount=12)


def moved_without_names(c: Company) -> None:
    """Stock leaves by the day, and no move says for which shipment."""
    for move in c.tables["stock_moves"]:
        move["delivery_id"] = None


def numbered_like_a_receipt(c: Company) -> None:
    """An invoice that no journal posts has the id of a receipt of today, which is posted."""
    c.drop("journal_lines", journal_id=f"{c.p}JI1")
    about: Row = {"document_type": "receipt", "document_id": f"{c.p}I1"}
    c.journal("JR", march(5), ("1000", 30), ("1100", -30), **about)


def of_a_draft(c: Company) -> None:
    """Nobody signed the contract, and no month of it is billed."""
    c.one("contracts").update(status="Draft", ends_on="2026-03-31")
    for entity in ("invoices", "invoice_lines", "deliveries"):
        c.tables[entity].clear()


def paid_over_a_rise(c: Company) -> None:
    """From Wednesday on it is 32 instead of 30: ten hours of that week are worth 300 to 320."""
    week: Row = {"period_starts_on": date(2026, 2, 9), "period_ends_on": date(2026, 2, 15)}
    c.one("contract_rates").update(valid_to="2026-02-10")
    like(c, "contract_rates", "R2", pay_rate=32, valid_from="2026-02-11", valid_to=None)
    for ident, amount in (("PA", 300), ("PB", 310), ("PC", 320), ("PD", 330), ("PE", 290)):
        like(
            c,
            "pay_items",
            ident,
            **{**week, "delivery_id": None, "amount": amount, "pay_rate": Decimal(amount) / 10},
        )
    late: Row = {"period_starts_on": date(2026, 2, 16), "period_ends_on": date(2026, 2, 22)}
    like(c, "pay_items", "PF", **{**late, "delivery_id": None, "amount": 310, "pay_rate": 31})
