"""What every month brings: opening balances, rent, steel, the bank, the tax office, a loan."""

from __future__ import annotations

from second_world.basics import MONTH_ENDS, at, day
from second_world.chart import (
    BANK,
    BANK_FEES,
    COSTS,
    EARNINGS,
    INPUT,
    LOAN,
    OLD_SALES,
    OPENING,
    RECEIVABLE,
    RENT,
    SAVINGS,
    VAT,
)
from second_world.lines import L
from second_world.world import World


def tell(world: World) -> None:
    """Owners, products, opening, overheads."""
    crm = world.crm
    crm.owner("21", "Saskia", "Vos")
    crm.owner("22", "Bram", "Teunissen")
    crm.owner("31", "Loek", "Adema", archived=True)
    for key, sku, name, price in (
        ("41", "UUR", "Workshop hour", "85.00"),
        ("42", "FLENS", "Flange", "30"),
        ("43", "AS", "Drive shaft", "120"),
        ("44", "PLAN", "Care plan", "150"),
        ("45", "PROJECT", "Refit project", ""),
    ):
        crm.product(key, sku, name, price)
    crm.product("49", "OUD", "Old flange", "25", archived="03-02")
    for key, name in (
        ("rent", "Havenbedrijf Verhuur"),
        ("steel", "Staalhandel Eem"),
        ("bank", "Rabobank"),
        ("tax", "Belastingdienst"),
    ):
        world.other(key, name)
    _opening(world)
    _overheads(world)


def _opening(world: World) -> None:
    """Invoices from before the conversion date have no journal; one had been paid in part."""
    books = world.books
    world.customer(
        "tessel",
        "7014",
        "Tessel Optics",
        "TESSEL OPTICS BV",
        "Tessel Optics B.V.",
        domain="tessel-optics.example",
        tax="NL801122334B01",
    )
    first = books.invoice(
        "tessel1",
        "tessel",
        "INV-0012",
        "2025-11-18",
        [L("3000.00", tax="TAX001", account=OLD_SALES, text="Refit, part 1")],
    )
    second = books.invoice(
        "tessel2",
        "tessel",
        "INV-0019",
        "2025-12-09",
        [L("2000.00", tax="TAX001", account=OLD_SALES, text="Refit, part 2")],
    )
    books.pay(second, "2025-12-20", "1000.00", ref="old books")
    books.manual(
        "opening",
        "2025-12-31",
        "Conversion balances",
        [
            (BANK, "40000.00"),
            (RECEIVABLE, "5050.00"),
            (VAT, "-2500.00"),
            (LOAN, "-20000.00"),
            (EARNINGS, "-22000.00"),
            (OPENING, "-550.00"),
        ],
        created="01-03",
    )
    books.pay(second, "01-22", ref="INV-0019")
    books.pay(first, "02-10", "2000.00", ref="part")
    world.crm.deal("5015", "Refit autumn", "7014", "2025-10-20", amount="5000")
    world.crm.line(
        "5015",
        name="Refit",
        quantity="1",
        price="5000",
        amount="5000",
        hs_sku="PROJECT",
        hs_product_id="45",
    )
    shop = world.shop
    shop.job(
        "HP-2588",
        "tessel",
        "fixed_price",
        "5015",
        start="2025-10-21",
        done="2025-12-05",
        rule="milestone",
    )
    shop.deliver("HP-2588", "tessel", "PROJECT", "2025-11-15", "1", "3000", kind="milestone")
    shop.deliver("HP-2588", "tessel", "PROJECT", "2025-12-05", "1", "2000", kind="milestone")


def _overheads(world: World) -> None:
    books = world.books
    for end in MONTH_ENDS:
        text = f"{end:%m}"
        books.bank(
            f"rent {text}",
            "SPEND",
            "rent",
            f"{text}-01",
            [L("2000.00", account=RENT, tax=INPUT, text="Rent")],
            mode="Exclusive",
        )
        books.bank(
            f"fees {text}",
            "SPEND",
            "bank",
            f"{end:%m-%d}",
            [L("15.20", account=BANK_FEES, text="Charges")],
        )
        # Suppliers' bills need no number in Xero.
        number = "" if text == "03" else f"SE/{text}"
        bill = books.invoice(
            f"steel {text}",
            "steel",
            number,
            f"{text}-06",
            [L("640.00", account=COSTS, tax=INPUT, text="Steel")],
            kind="ACCPAY",
        )
        if text != "06":
            books.pay(bill, f"{text}-27")
    books.bank("loan", "RECEIVE", "bank", "03-09", [L("10000.00", account=LOAN, text="Drawn")])
    books.bank("vat", "SPEND", "tax", "04-28", [L("1800.00", account=VAT, text="BTW Q1")])
    books.bank("vat back", "RECEIVE", "tax", "05-19", [L("212.00", account=VAT, text="BTW 2025")])
    books.transfer("to savings", "03-25", "5000.00", BANK, SAVINGS)
    books.transfer("from savings", "06-17", "1200.00", SAVINGS, BANK)
    books.invoice(
        "steel draft",
        "steel",
        "",
        "06-28",
        [L("90.00", account=COSTS)],
        kind="ACCPAY",
        status="DRAFT",
    )
    # A contact typed twice, merged at once: nothing hangs on it.
    books.contact("steel twice", "Staalhandel Eem BV", UpdatedDateUTC=at(day("01-09")))
    books.merge_contacts("steel twice", "steel", day("01-09"))
