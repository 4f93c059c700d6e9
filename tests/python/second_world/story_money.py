"""What stands between a bill and the money: retention, withheld tax, deposits."""

from __future__ import annotations

from second_world.chart import DEPOSITS, HIGH, RETENTION, SHIFTED, WITHHELD
from second_world.lines import L
from second_world.world import World


def tell(world: World) -> None:
    """The chapter."""
    _noordzee(world)
    _sturm(world)
    _costa(world)
    _delacroix(world)


def _milestone(ref: str, unit: str, tax: str = HIGH) -> L:
    return L(unit, tax=tax, text="Termijn", job=ref, item="PROJECT")


def _noordzee(world: World) -> None:
    """Five percent held back on each bill of a fixed price; two of three released in June."""
    world.customer(
        "noord",
        "7006",
        "Noordzee Offshore NV",
        "Noordzee Offshore N.V.",
        "Noordzee Offshore",
        domain="noordzee.example",
        tax="NL804455667B01",
    )
    world.crm.deal("5007", "Deck refit", "7006", "01-20", amount="20000")
    world.crm.line(
        "5007", name="Refit", quantity="1", price="20000", amount="20000", hs_sku="PROJECT"
    )
    shop, books = world.shop, world.books
    shop.job(
        "HP-2607",
        "noord",
        "fixed_price",
        "5007",
        start="01-21",
        done="06-12",
        rule="milestone",
        retention="5",
    )
    shop.change("HP-2607", "5007", "04-10", "1500.00", "Extra winch")
    for on, worth in (("02-20", "8000"), ("04-17", "8000"), ("06-12", "5500")):
        shop.deliver("HP-2607", "noord", "PROJECT", on, "1", worth, kind="milestone")
    for at, (on, net, held, paid) in enumerate(
        (
            ("02-22", "8000", "-400", "03-24"),
            ("04-20", "8000", "-400", "05-22"),
            ("06-15", "5500", "-275", ""),
        )
    ):
        bill = books.invoice(
            f"noord{at}",
            "noord",
            f"INV-050{at}",
            on,
            [
                _milestone("HP-2607", net),
                L(held, account=RETENTION, text="Retention 5 %", job="HP-2607"),
            ],
        )
        if paid:
            books.pay(bill, paid)
    books.invoice(
        "noord release",
        "noord",
        "INV-0510",
        "06-25",
        [L("800", account=RETENTION, text="Retention released", job="HP-2607")],
    )


def _sturm(world: World) -> None:
    """Tax withheld as a negative line; the deal has an amount and no lines."""
    world.customer(
        "sturm",
        "7007",
        "Sturm Windtechnik",
        "Sturm Windtechnik GmbH",
        "Sturm Wind Technik GmbH",
        domain="sturm-wind.example",
        country="DE",
    )
    world.crm.deal("5008", "Gear box", "7007", "02-10", amount="4000.00")
    shop, books = world.shop, world.books
    shop.job(
        "HP-2608",
        "sturm",
        "time_and_materials",
        "5008",
        start="02-11",
        done="03-27",
        rate=("UUR", "hour", "100"),
    )
    shop.deliver("HP-2608", "sturm", "UUR", "03-11", "25", "2500")
    shop.deliver("HP-2608", "sturm", "UUR", "03-27", "15", "1500")
    bill = books.invoice(
        "sturm1",
        "sturm",
        "INV-0126",
        "03-31",
        [
            L("100", "25", job="HP-2608", item="UUR", text="Stunden"),
            L("-375", account=WITHHELD, text="Steuerabzug 15 %"),
        ],
        mode="NoTax",
    )
    # Typed with two figures in the wrong order, deleted, typed again: one payment in the bank.
    books.delete_payment(bill, books.pay(bill, "04-28", "2015.00"), "04-29")
    books.pay(bill, "04-28", created="04-29")
    second = books.invoice(
        "sturm2",
        "sturm",
        "INV-0136",
        "04-29",
        [
            L("100", "15", job="HP-2608", item="UUR", text="Stunden"),
            L("-225", account=WITHHELD, text="Steuerabzug 15 %"),
        ],
        mode="NoTax",
    )
    books.pay(second, "05-27")


def _costa(world: World) -> None:
    """Tax withheld as a second payment, from the account of the claim on the tax office."""
    world.customer(
        "costa",
        "7008",
        "Costa Verde Energia",
        "Costa Verde Energia Lda",
        "Costa Verde",
        domain="costaverde.example",
        country="PT",
    )
    world.crm.deal("5009", "Pump hours", "7008", "04-01", amount="3600.00")
    world.crm.line(
        "5009", name="Workshop hour", quantity="40", price="90", amount="3600.00", hs_sku="UUR"
    )
    shop, books = world.shop, world.books
    shop.job(
        "HP-2609",
        "costa",
        "time_and_materials",
        "5009",
        start="04-02",
        done="06-08",
        rate=("UUR", "hour", "90"),
    )
    shop.deliver("HP-2609", "costa", "UUR", "04-24", "30", "2700")
    bill = books.invoice(
        "costa1",
        "costa",
        "INV-0139",
        "04-30",
        [L("90", "30", tax=SHIFTED, job="HP-2609", item="UUR", text="Horas")],
    )
    books.pay(bill, "05-29", "2430.00")
    books.pay(bill, "05-29", "270.00", account=WITHHELD, ref="retenção na fonte")
    shop.deliver("HP-2609", "costa", "UUR", "06-08", "10", "900")
    later = books.invoice(
        "costa2",
        "costa",
        "INV-0152",
        "06-10",
        [L("90", "10", tax=SHIFTED, job="HP-2609", item="UUR", text="Horas")],
    )
    books.pay(later, "06-24", "90.00", account=WITHHELD, ref="retenção na fonte")


def _delacroix(world: World) -> None:
    """A deposit taken and set off; sixty too much, paid back."""
    world.customer(
        "delac",
        "7009",
        "Atelier Delacroix",
        "Delacroix Atelier SARL",
        "Atelier Delacroix SARL",
        domain="delacroix.example",
        country="FR",
    )
    world.crm.deal("5010", "Press", "7009", "01-30", amount="5000")
    world.crm.line(
        "5010", name="Press", quantity="1", price="5000", amount="5000", hs_sku="PROJECT"
    )
    shop, books = world.shop, world.books
    shop.job(
        "HP-2610", "delac", "fixed_price", "5010", start="01-30", done="04-09", rule="milestone"
    )
    shop.deliver("HP-2610", "delac", "PROJECT", "04-09", "1", "5000", kind="milestone")
    deposit = books.invoice(
        "delac1",
        "delac",
        "INV-0105",
        "02-01",
        [L("1500", account=DEPOSITS, text="Acompte 30 %", job="HP-2610")],
        mode="NoTax",
    )
    books.pay(deposit, "02-12")
    final = books.invoice(
        "delac2",
        "delac",
        "INV-0130",
        "04-10",
        [
            _milestone("HP-2610", "5000", SHIFTED),
            L("-1500", account=DEPOSITS, text="Acompte", job="HP-2610"),
        ],
    )
    books.pay(final, "05-08")
    over = books.ahead("delac", "delac", "05-08", "60.00", ref="INV-0130")
    books.refund(over, "05-20")
