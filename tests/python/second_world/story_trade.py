"""Customers who buy hours and goods: edits, part payments, price-only lines, foreign money."""

from __future__ import annotations

from second_world.chart import COSTS, HIGH, INPUT, PARTS, SHIFTED
from second_world.crm import OPEN, WON
from second_world.lines import L
from second_world.world import World


def tell(world: World) -> None:
    """The chapter."""
    _van_dalen(world)
    _brandt(world)
    _kestrel(world)
    _lakeshore(world)


def _van_dalen(world: World) -> None:
    """Hours billed monthly; February edited to two hours more; a payment bounced and deleted."""
    world.customer(
        "dalen",
        "7001",
        "Van Dalen Scheepsbouw",
        "Scheepsbouw van Dalen BV",
        "v. Dalen Scheepsbouw",
        domain="vandalen.example",
        tax="NL802233445B01",
        city="Rotterdam",
    )
    # Bram's until March, won at less an hour than was quoted.
    world.crm.deal(
        "5001",
        "Hours 2026",
        "7001",
        "01-08",
        amount="10200.00",
        was={
            "hubspot_owner_id": (("03-04", "21"), ("01-02", "22")),
            "dealstage": (("01-08", WON), ("01-02", OPEN)),
            "closedate": (("01-08", "2026-01-08T10:00:00.000Z"), ("01-02", "2026-02-15T10:00:00Z")),
            "amount": (("01-08", "10200.00"), ("01-02", "")),
        },
    )
    world.crm.line(
        "5001", name="Workshop hour", quantity="120", price="85", hs_sku="UUR", hs_product_id="41"
    )
    world.crm.contact("8001", "Piet", "van Dalen", "7001")
    world.crm.quote("9001", "5001", "Uren 2026", "10320.00", signed="2026-01-07T23:30:00.000Z")
    world.crm.quote_line(
        "9001", name="Workshop hour", quantity="120", price="86", hs_sku="UUR", hs_product_id="41"
    )
    world.shop.job(
        "HP-2601",
        "dalen",
        "time_and_materials",
        "5001",
        start="01-08",
        rule="periodic_arrears",
        period="month",
        rate=("UUR", "hour", "85"),
    )
    for on, qty, worth in (
        ("01-20", "20", "1700"),
        ("02-12", "18", "1530"),
        ("02-24", "12", "1020"),
        ("03-18", "24", "2040"),
        ("04-16", "16", "1360"),
        ("05-20", "20", "1700"),
        ("06-23", "10", "850"),
    ):
        world.shop.deliver("HP-2601", "dalen", "UUR", on, qty, worth)
    world.shop.deliver("HP-2601", "dalen", "UUR", "06-29", "4", "340", status="submitted")

    def hours(qty: str) -> list[L]:
        return [L("85.00", qty, tax=HIGH, text="Uren", job="HP-2601", item="UUR")]

    books = world.books
    jan = books.invoice("dalen1", "dalen", "INV-0101", "01-31", hours("20"))
    books.pay(jan, "02-27")
    feb = books.invoice("dalen2", "dalen", "INV-0114", "02-28", hours("28"))
    books.edit(feb, "03-09", hours("30"))
    books.pay(feb, "03-25", "1500.00")
    books.pay(feb, "04-10")
    mar = books.invoice("dalen3", "dalen", "INV-0125", "03-31", hours("24"))
    books.pay(mar, "05-05")
    apr = books.invoice("dalen4", "dalen", "INV-0138", "04-30", hours("16"))
    books.edit(apr, "05-06", hours("16"))
    bounced = books.pay(apr, "05-28")
    books.delete_payment(apr, bounced, "06-03")
    books.invoice("dalen5", "dalen", "INV-0149", "05-31", hours("20"), created="06-02")


def _brandt(world: World) -> None:
    """Price-only lines, no tax; a return credited and allocated; the customer sells to us too."""
    world.customer(
        "brandt",
        "7002",
        "Brandt & Söhne Maschinenbau GmbH",
        "Brandt und Soehne Maschinenbau",
        "BRANDT & SOEHNE",
        domain="brandt.example",
        tax="DE811223344",
        country="DE",
        IsSupplier=True,
    )
    world.crm.deal("5002", "Flanges and a shaft", "7002", "01-15", amount="1650", told=False)
    world.crm.line(
        "5002", name="Flange", quantity="40", price="30", hs_sku="FLENS", hs_product_id="42"
    )
    world.crm.line("5002", name="Special shaft", price="450", hs_sku="AS", hs_product_id="43")
    shop = world.shop
    shop.job("HP-2602", "brandt", "product_order", "5002", start="01-16", done="03-12")
    shop.order("HP-2602", "FLENS", "40", "30", "1200.00", at=1)
    shop.order("HP-2602", "AS", "1", "450", "450.00", at=2)
    shop.deliver("HP-2602", "brandt", "FLENS", "02-10", "25", "750", kind="shipment", line=1)
    shop.deliver("HP-2602", "brandt", "FLENS", "03-12", "15", "450", kind="shipment", line=1)
    shop.deliver("HP-2602", "brandt", "AS", "03-12", "1", "450", kind="shipment", line=2)
    shop.deliver("HP-2602", "brandt", "FLENS", "03-30", "-2", "-60", kind="shipment", line=1)
    books = world.books
    ref = "Auftrag HP-2602"
    first = books.invoice(
        "brandt1",
        "brandt",
        "INV-0109",
        "02-12",
        [L("30", "25", PARTS, job="HP-2602", item="FLENS", text="Flansch")],
        mode="NoTax",
        ref=ref,
    )
    books.pay(first, "03-10")
    second = books.invoice(
        "brandt2",
        "brandt",
        "INV-0118",
        "03-15",
        [
            L("30", "15", PARTS, job="HP-2602", item="FLENS", text="Flansch"),
            L("450", "1", PARTS, job="HP-2602", item="AS", text="Welle"),
        ],
        mode="NoTax",
        ref=ref,
    )
    note = books.credit(
        "brandt3",
        "brandt",
        "CN-0003",
        "04-02",
        [L("30", "2", PARTS, job="HP-2602", item="FLENS", text="Retour")],
        mode="NoTax",
        ref="Credit INV-0118 return",
    )
    books.allocate(note, second, "04-02")
    books.pay(second, "04-20")
    bill = books.invoice(
        "brandt4",
        "brandt",
        "B-771",
        "04-09",
        [L("500.00", account=COSTS, tax=INPUT, text="Castings")],
        kind="ACCPAY",
    )
    books.pay(bill, "05-07")


def _kestrel(world: World) -> None:
    """Pounds in a ledger of euros: each document with its own rate, a payment in part."""
    world.customer(
        "kestrel",
        "7003",
        "Kestrel Marine",
        "Kestrel Marine Ltd",
        "Kestrel Marine Limited",
        domain="kestrelmarine.example",
        country="GB",
        DefaultCurrency="GBP",
    )
    world.crm.deal(
        "5003", "Winch refit", "7003", "02-02", amount="6000.00", currency="GBP", owner="22"
    )
    world.crm.line(
        "5003",
        name="Refit",
        quantity="1",
        price="6000",
        amount="6000.00",
        hs_sku="PROJECT",
        hs_product_id="45",
        hs_line_item_currency_code="GBP",
    )
    world.shop.job(
        "HP-2603",
        "kestrel",
        "fixed_price",
        "5003",
        start="02-03",
        done="05-14",
        rule="milestone",
        currency="GBP",
    )
    for on in ("03-20", "05-14"):
        world.shop.deliver(
            "HP-2603", "kestrel", "PROJECT", on, "1", "3000", kind="milestone", currency="GBP"
        )
    books = world.books
    line = [L("3000.00", tax=SHIFTED, job="HP-2603", item="PROJECT", text="Milestone")]
    first = books.invoice(
        "kestrel1", "kestrel", "INV-0120", "03-21", line, cur="GBP", rate="0.8655000000"
    )
    books.pay(first, "04-20", rate="0.8590000000")
    second = books.invoice(
        "kestrel2",
        "kestrel",
        "INV-0144",
        "05-15",
        line,
        cur="GBP",
        mode="NoTax",
        rate="0.8610000000",
    )
    books.pay(second, "06-10", "1000.00", rate="0.8701000000")


def _lakeshore(world: World) -> None:
    """Dollars; a discount in percent; two part payments at two rates; a credit that lies about."""
    world.customer(
        "lake",
        "7004",
        "Lakeshore Robotics Inc.",
        "Lakeshore Robotics",
        "LAKESHORE ROBOTICS INC",
        domain="lakeshore.example",
        country="US",
        merged="7104;7204",
        DefaultCurrency="USD",
    )
    world.crm.deal("5004", "Shafts", "7004", "01-27", amount="5400.00", currency="USD")
    world.crm.line(
        "5004",
        name="Drive shaft",
        quantity="50",
        price="120",
        hs_discount_percentage="10",
        hs_sku="AS",
        hs_product_id="43",
        hs_line_item_currency_code="USD",
    )
    shop = world.shop
    shop.job(
        "HP-2604", "lake", "product_order", "5004", start="01-28", done="04-28", currency="USD"
    )
    shop.order("HP-2604", "AS", "50", "120", "5400.00", discount="600.00", currency="USD")
    for on, qty, worth in (
        ("02-24", "30", "3240"),
        ("04-28", "20", "2160"),
        ("06-12", "-1", "-108"),
    ):
        shop.deliver(
            "HP-2604", "lake", "AS", on, qty, worth, kind="shipment", currency="USD", line=1
        )

    def shafts(qty: str) -> list[L]:
        return [L("120", qty, PARTS, job="HP-2604", item="AS", text="Shaft", discount_pct="10")]

    books = world.books
    first = books.invoice(
        "lake1",
        "lake",
        "INV-0112",
        "02-25",
        shafts("30"),
        cur="USD",
        mode="NoTax",
        rate="1.0812000000",
    )
    books.pay(first, "03-20", "1240.00", rate="1.0850000000")
    books.pay(first, "04-15", rate="1.0750000000")
    books.invoice(
        "lake2",
        "lake",
        "INV-0137",
        "04-29",
        shafts("20"),
        cur="USD",
        mode="NoTax",
        rate="1.0777000000",
    )
    books.credit(
        "lake3",
        "lake",
        "CN-0009",
        "06-15",
        shafts("1"),
        cur="USD",
        mode="NoTax",
        rate="1.0791000000",
        ref="Credit INV-0137 return",
    )
