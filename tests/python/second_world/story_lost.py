"""What came to less: a job called off, a bill written off, a cost passed on without a margin."""

from __future__ import annotations

from second_world.chart import BAD_DEBT, DEPOSITS, HIGH, TRAVEL
from second_world.lines import L
from second_world.world import World


def tell(world: World) -> None:
    """The chapter."""
    _kade(world)
    _hartog(world)


def _kade(world: World) -> None:
    """Called off: a fee kept out of the deposit, the rest sent back from the liability account."""
    world.customer(
        "kade",
        "7022",
        "Kade Events",
        "Kade Events BV",
        "Kade Evenementen",
        domain="kade-events.example",
        tax="NL805566778B01",
    )
    world.crm.deal("5024", "Stage", "7022", "01-10", amount="2000")
    world.crm.line(
        "5024", name="Stage", quantity="1", price="2000", amount="2000", hs_sku="PROJECT"
    )
    shop, books = world.shop, world.books
    shop.job(
        "HP-2624",
        "kade",
        "fixed_price",
        "5024",
        start="01-12",
        rule="milestone",
        status="cancelled",
    )
    shop.change("HP-2624", "5024", "03-04", "-1850.00", "Called off")
    deposit = books.invoice(
        "kade1",
        "kade",
        "INV-0102",
        "01-12",
        [L("500", account=DEPOSITS, text="Aanbetaling", job="HP-2624")],
        mode="NoTax",
    )
    books.pay(deposit, "01-22")
    fee = books.invoice(
        "kade2",
        "kade",
        "INV-0116",
        "03-05",
        [
            L("150", job="HP-2624", item="PROJECT", text="Annuleringskosten"),
            L("-150", account=DEPOSITS, text="Uit aanbetaling", job="HP-2624"),
        ],
        mode="NoTax",
    )
    fee["Status"] = "PAID"
    books.bank(
        "kade back",
        "SPEND",
        "kade",
        "03-09",
        [L("350", account=DEPOSITS, text="Aanbetaling terug", job="HP-2624")],
    )


def _hartog(world: World) -> None:
    """Travel passed on through the cost account; a bill written off on bad debts."""
    world.customer(
        "hartog",
        "7021",
        "Hartog Rederij",
        "Rederij Hartog",
        "Hartog Rederij BV",
        domain="hartog.example",
        tax="NL806677889B01",
    )
    world.crm.deal("5021", "Repairs", "7021", "02-12", amount="1680")
    world.crm.line(
        "5021", name="Workshop hour", quantity="15", price="100", amount="1500", hs_sku="UUR"
    )
    world.crm.line("5021", name="Travel", price="180")
    shop, books = world.shop, world.books
    shop.job(
        "HP-2621",
        "hartog",
        "time_and_materials",
        "5021",
        start="02-12",
        done="04-23",
        rate=("UUR", "hour", "100"),
    )
    shop.deliver("HP-2621", "hartog", "UUR", "02-17", "5", "500")
    shop.deliver("HP-2621", "hartog", "UUR", "04-22", "10", "1000")
    shop.deliver("HP-2621", "hartog", "UUR", "04-22", "1", "180", kind="expense")
    lost = books.invoice(
        "hartog1",
        "hartog",
        "INV-0110",
        "02-18",
        [L("100", "5", tax=HIGH, job="HP-2621", item="UUR", text="Uren")],
    )
    bill = books.invoice(
        "hartog2",
        "hartog",
        "INV-0135",
        "04-24",
        [
            L("100", "10", tax=HIGH, job="HP-2621", item="UUR", text="Uren"),
            L("180", account=TRAVEL, tax=HIGH, job="HP-2621", text="Reiskosten"),
        ],
    )
    books.pay(bill, "05-26")
    note = books.credit(
        "hartog3",
        "hartog",
        "CN-0008",
        "05-29",
        [L("500", account=BAD_DEBT, tax=HIGH, text="Afgeboekt INV-0110")],
    )
    books.allocate(note, lost, "05-29")
