"""What the work costs: bills and their edits, a supplier's credit, dollars, accruals, costs sold."""

from __future__ import annotations

from second_world.basics import MONTH_ENDS
from second_world.books import document_id
from second_world.chart import ACCRUALS, COSTS, HIGH, INPUT, OUTSIDE
from second_world.lines import L
from second_world.world import World


def tell(world: World) -> None:
    """The workshop writes down what a job used, and the ledger's own id of the paper behind it."""
    for key, name in (
        ("coat", "Delaware Coatings Inc."),
        ("blast", "Straalbedrijf Noord"),
        ("diesel", "Tankstation Maashaven"),
    ):
        world.other(key, name)
    _steel(world)
    _bills(world)
    _accrued(world)
    _passed_on(world)


def _bill(world: World, number: str) -> str:
    """A supplier's bill by its number."""
    return next(
        document_id(held)
        for held in world.books.documents["Invoices"]
        if held["Type"] == "ACCPAY" and held["InvoiceNumber"] == number
    )


def _steel(world: World) -> None:
    """Steel of a month is used up on two jobs, a few days before its bill or after it."""
    for end in MONTH_ENDS:
        text = f"{end:%m}"
        # The bill of March has no number.
        number = "" if text == "03" else f"SE/{text}"
        bill = _bill(world, number)
        world.shop.cost("HP-2601", f"{text}-05", "390.00", bill, bill=number)
        world.shop.cost("HP-2607", f"{text}-09", "250.00", bill, bill=number)
    world.shop.cost("HP-2602", "04-09", "500.00", _bill(world, "B-771"), bill="B-771")
    books = world.books
    note = books.credit(
        "steel back",
        "steel",
        "SE/C1",
        "04-14",
        [L("85.00", account=COSTS, tax=INPUT, text="Rest returned")],
        kind="ACCPAYCREDIT",
    )
    world.shop.cost("HP-2601", "04-14", "-85.00", document_id(note), bill="SE/C1")


def _bills(world: World) -> None:
    """Dollars at the bill's own rate; a bill edited, another voided; paid at the pump."""
    books, shop = world.books, world.shop
    coat = books.invoice(
        "coat",
        "coat",
        "DC-88",
        "03-18",
        [L("918.40", account=OUTSIDE, text="Coating of 30 shafts")],
        kind="ACCPAY",
        mode="NoTax",
        cur="USD",
        rate="1.0912000000",
    )
    shop.cost(
        "HP-2604",
        "03-18",
        "918.40",
        document_id(coat),
        kind="subcontract",
        currency="USD",
        bill="DC-88",
    )
    edited = books.invoice(
        "blast edited",
        "blast",
        "N-310",
        "02-11",
        [L("310.00", account=OUTSIDE, tax=INPUT, text="Blasting")],
        kind="ACCPAY",
    )
    books.edit(edited, "02-20", [L("295.00", account=OUTSIDE, tax=INPUT, text="Blasting")])
    shop.cost("HP-2607", "02-11", "295.00", document_id(edited), kind="subcontract", bill="N-310")
    twice = books.invoice(
        "blast twice",
        "blast",
        "N-310",
        "02-23",
        [L("295.00", account=OUTSIDE, tax=INPUT, text="Blasting")],
        kind="ACCPAY",
    )
    books.void(twice, "03-02")
    pump = books.bank(
        "diesel",
        "SPEND",
        "diesel",
        "05-12",
        [L("64.30", account=COSTS, tax=INPUT, text="Diesel crane")],
        mode="Exclusive",
    )
    shop.cost("HP-2617", "05-12", "64.30", document_id(pump), kind="expense")


def _accrued(world: World) -> None:
    """May's blasting is accrued by hand and taken back; its bill comes in June, for more."""
    books = world.books
    text = "Accrual blasting HP-2607"
    books.manual("accrual", "05-31", text, [(OUTSIDE, "450.00"), (ACCRUALS, "-450.00")])
    books.manual(
        "accrual back",
        "06-01",
        f"Reversal: {text}",
        [(OUTSIDE, "-450.00"), (ACCRUALS, "450.00")],
    )
    late = books.invoice(
        "blast late",
        "blast",
        "N-347",
        "06-10",
        [L("470.00", account=OUTSIDE, tax=INPUT, text="Blasting May", job="HP-2607")],
        kind="ACCPAY",
    )
    world.shop.cost(
        "HP-2607", "05-28", "470.00", document_id(late), kind="subcontract", bill="N-347"
    )
    # Rags and grease of half a year, counted: nobody writes them on a job.
    books.manual("count", "06-30", "Stock count June", [(COSTS, "38.15"), (ACCRUALS, "-38.15")])


def _passed_on(world: World) -> None:
    """Blasting bought for a customer and billed on: the sale takes the cost off its own account."""
    books, shop = world.books, world.shop
    bought = books.invoice(
        "blast sold",
        "blast",
        "N-351",
        "06-16",
        [L("240.00", account=OUTSIDE, tax=INPUT, text="Blasting hull", job="HP-2601")],
        kind="ACCPAY",
    )
    shop.cost("HP-2601", "06-16", "240.00", document_id(bought), kind="subcontract", bill="N-351")
    shop.deliver("HP-2601", "dalen", "UUR", "06-16", "1", "240", kind="expense")
    books.invoice(
        "dalen6",
        "dalen",
        "INV-0154",
        "06-24",
        [L("240", account=OUTSIDE, tax=HIGH, job="HP-2601", text="Straalwerk")],
    )
