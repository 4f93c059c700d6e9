"""Money without a bill: overpayments, prepayments, cash sales, credit notes paid back."""

from __future__ import annotations

from second_world.basics import Doc
from second_world.chart import DEPOSITS, HIGH, PARTS
from second_world.lines import L
from second_world.world import Customer, World


def tell(world: World) -> None:
    """The chapter."""
    _ostrava(world)
    _pieters(world)
    _quint(world)
    _rietveld(world)
    _yde(world)


def _ostrava(world: World) -> None:
    """Overpaid: part of it set against the next bill, the rest lies unapplied."""
    world.customer(
        "ostra",
        "7010",
        "Ostrava Tools",
        "OSTRAVA TOOLS S.R.O.",
        "Ostrava Tools s.r.o.",
        domain="ostravatools.example",
        country="CZ",
    )
    world.crm.deal("5011", "Flanges", "7010", "03-03", amount="1150.00")
    world.crm.line(
        "5011", name="Flange", quantity="40", price="28.75", amount="1150.00", hs_sku="FLENS"
    )
    shop, books = world.shop, world.books
    shop.job("HP-2611", "ostra", "product_order", "5011", start="03-04", done="04-14")
    shop.order("HP-2611", "FLENS", "40", "28.75", "1150.00")
    shop.deliver("HP-2611", "ostra", "FLENS", "04-14", "40", "1150", kind="shipment", line=1)
    over = books.ahead("ostra", "ostra", "03-16", "250.00", ref="zaloha")
    bill = books.invoice(
        "ostra1",
        "ostra",
        "INV-0131",
        "04-15",
        [L("28.75", "40", PARTS, job="HP-2611", item="FLENS", text="Příruba")],
        mode="NoTax",
    )
    books.allocate(over, bill, "04-15", "150.00")
    books.pay(bill, "05-11")


def _pieters(world: World) -> None:
    """A prepayment on the receivables account: applied, the rest refunded."""
    world.customer(
        "piet",
        "7011",
        "Pieters Transport",
        "Transport Pieters",
        "Pieters Transport bv",
        domain="pieters.example",
        tax="NL807788990B01",
    )
    world.crm.deal("5012", "Axle", "7011", "02-04", amount="")
    world.crm.line("5012", name="Workshop hour", quantity="8", price="75", amount="", hs_sku="UUR")
    shop, books = world.shop, world.books
    shop.job(
        "HP-2612",
        "piet",
        "time_and_materials",
        "5012",
        start="02-05",
        done="03-06",
        rate=("UUR", "hour", "75"),
    )
    shop.deliver("HP-2612", "piet", "UUR", "03-06", "8", "600")
    ahead = books.ahead("piet", "piet", "02-05", "800.00", kind="Prepayment", ref="vooruit")
    bill = books.invoice(
        "piet1",
        "piet",
        "INV-0117",
        "03-10",
        [L("75", "8", tax=HIGH, job="HP-2612", item="UUR", text="Uren")],
    )
    books.allocate(ahead, bill, "03-10")
    books.refund(ahead, "03-26", under="Prepayment")


def _quint(world: World) -> None:
    """Prepayments coded to deposits: they move the deposit, not the receivable."""
    world.customer(
        "quint",
        "7012",
        "Quint Labs",
        "Quint Laboratories B.V.",
        "Quint Labs BV",
        domain="quintlabs.example",
        tax="NL808899001B01",
    )
    world.crm.deal("5013", "Test rig", "7012", "02-27", amount="1200")
    world.crm.line(
        "5013", name="Test rig", quantity="1", price="1200", amount="1200", hs_sku="PROJECT"
    )
    shop, books = world.shop, world.books
    shop.job(
        "HP-2613", "quint", "fixed_price", "5013", start="03-02", done="05-01", rule="milestone"
    )
    shop.deliver("HP-2613", "quint", "PROJECT", "05-01", "1", "1200", kind="milestone")
    ahead = books.ahead(
        "quint1", "quint", "03-02", "1000.00", kind="Prepayment", account=DEPOSITS, job="HP-2613"
    )
    bill = books.invoice(
        "quint1",
        "quint",
        "INV-0140",
        "05-04",
        [L("1200", tax=HIGH, job="HP-2613", item="PROJECT", text="Opstelling")],
    )
    books.allocate(ahead, bill, "05-04")
    books.ahead("quint2", "quint", "06-08", "300.00", kind="Prepayment", account=DEPOSITS)


def _rietveld(world: World) -> None:
    """Sold over the counter: to a known customer with a job, and to whoever comes in."""
    world.customer(
        "riet",
        "7013",
        "Rietveld Jachten",
        "Rietveld Jachten B.V.",
        "Rietveld Jachten",
        domain="rietveld.example",
        tax="NL809900112B01",
    )
    world.crm.deal("5014", "Two flanges", "7013", "03-01", amount="200")
    world.crm.line(
        "5014", name="Flange XL", quantity="2", price="100", amount="200", hs_sku="FLENS"
    )
    shop, books = world.shop, world.books
    shop.job("HP-2614", "riet", "product_order", "5014", start="03-02", done="03-07")
    shop.order("HP-2614", "FLENS", "2", "100", "200.00")
    shop.deliver("HP-2614", "riet", "FLENS", "03-07", "2", "200", kind="shipment", line=1)
    books.bank(
        "riet",
        "RECEIVE",
        "riet",
        "03-07",
        [L("121", "2", PARTS, HIGH, text="Flens contant", job="HP-2614", item="FLENS")],
        mode="Inclusive",
    )
    contact = books.contact("balie", "Balieverkoop")
    world.customers["balie"] = Customer("balie", "Balieverkoop", xero=[contact])
    for key, on, amount in (("b1", "01-17", "121.00"), ("b2", "04-11", "60.50")):
        books.bank(
            key, "RECEIVE", "balie", on, [L(amount, account=PARTS, tax=HIGH)], mode="Inclusive"
        )
    books.bank(
        "b3",
        "RECEIVE",
        "balie",
        "05-09",
        [L("36.30", account=PARTS, tax=HIGH)],
        mode="Inclusive",
        deleted="05-12",
    )


def _yde(world: World) -> None:
    """Three credit notes: one paid back, one that lies unallocated, one voided."""
    world.customer(
        "yde",
        "7018",
        "Yde Instruments",
        "Yde Instruments BV",
        "Yde Instr.",
        domain="yde.example",
        tax="NL810011223B01",
    )
    world.crm.deal("5019", "Calibration", "7018", "02-24", amount="2000")
    world.crm.line(
        "5019", name="Workshop hour", quantity="20", price="100", amount="2000", hs_sku="UUR"
    )
    shop, books = world.shop, world.books
    shop.job(
        "HP-2619",
        "yde",
        "time_and_materials",
        "5019",
        start="02-25",
        done="03-05",
        rate=("UUR", "hour", "100"),
    )
    shop.deliver("HP-2619", "yde", "UUR", "03-05", "20", "2000")
    bill = books.invoice(
        "yde1",
        "yde",
        "INV-0115",
        "03-06",
        [L("100", "20", tax=HIGH, job="HP-2619", item="UUR", text="Uren")],
    )
    books.pay(bill, "04-03")

    def note(key: str, number: str, on: str, net: str, reason: str, mode: str = "Exclusive") -> Doc:
        return books.credit(
            key,
            "yde",
            number,
            on,
            [L(net, tax=HIGH, job="HP-2619", item="UUR", text=reason)],
            mode=mode,
            ref=f"Credit INV-0115 {reason}",
        )

    books.refund(note("yde2", "CN-0004", "04-22", "300", "goodwill"), "05-06", under="CreditNote")
    books.void(note("yde3", "CN-0005", "05-02", "50", "price"), "05-05")
    note("yde4", "CN-0010", "06-10", "121", "goodwill", "Inclusive")
