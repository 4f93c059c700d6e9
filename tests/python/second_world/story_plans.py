"""Plans over a year: recurring lines, bills in advance with tax in them, deferred income."""

from __future__ import annotations

from second_world.basics import MONTH_ENDS
from second_world.chart import DEFERRED, HIGH, LOW, PARTS, PLANS
from second_world.lines import L
from second_world.world import World


def tell(world: World) -> None:
    """The chapter."""
    _molenaar(world)
    _ijsselmeer(world)


def _molenaar(world: World) -> None:
    """Care plans: recurring lines; tax-inclusive bills in advance; odd cents at two tax rates."""
    world.customer(
        "molen",
        "7005",
        "Molenaar Bakkerijen",
        "Bakkerijen Molenaar B.V.",
        "Molenaar",
        domain="molenaar.example",
        tax="NL803344556B01",
    )
    crm, shop, books = world.crm, world.shop, world.books
    crm.deal("5005", "Care plan ovens", "7005", "01-05", amount="1800.00")
    crm.line(
        "5005",
        name="Care plan",
        quantity="1",
        price="150",
        amount="150.00",
        hs_sku="PLAN",
        recurringbillingfrequency="monthly",
        hs_recurring_billing_period="P12M",
        hs_recurring_billing_number_of_payments="12",
        hs_tcv="1800.00",
        hs_acv="1800.00",
        hs_mrr="150.00",
    )
    crm.deal("5006", "Care plan mixers", "7005", "03-02", told=False, owner="22")
    crm.line(
        "5006",
        name="Care plan",
        quantity="1",
        price="300",
        hs_sku="PLAN",
        recurringbillingfrequency="quarterly",
        hs_recurring_billing_period="P12M",
        hs_recurring_billing_number_of_payments="4",
    )
    for ref, deal, start, price in (
        ("HP-2605", "5005", "01-05", "150"),
        ("HP-2606", "5006", "03-02", "100"),
    ):
        shop.job(
            ref,
            "molen",
            "time_and_materials",
            deal,
            start=start,
            rule="periodic_advance",
            period="month" if price == "150" else "quarter",
            rate=("PLAN", "month", price),
        )
        for end in MONTH_ENDS:
            if f"{end:%m-%d}" > start:
                shop.deliver(ref, "molen", "PLAN", f"{end:%m-%d}", "1", price, kind="material")
    for at, on in enumerate(("01-10", "02-01", "03-01", "04-01", "05-01", "06-01")):
        bill = books.invoice(
            f"molen{at}",
            "molen",
            f"INV-02{at:02}",
            on,
            [L("181.50", "1", PLANS, HIGH, job="HP-2605", item="PLAN", text="Onderhoud")],
            mode="Inclusive",
            due=14,
        )
        if on != "06-01":
            books.pay(bill, f"{on[:3]}19")
    for at, on in enumerate(("03-05", "06-05")):
        bill = books.invoice(
            f"molen q{at}",
            "molen",
            f"INV-03{at:02}",
            on,
            [L("363.00", "1", PLANS, HIGH, job="HP-2606", item="PLAN", text="Onderhoud kwartaal")],
            mode="Inclusive",
            due=14,
        )
        if on == "03-05":
            books.pay(bill, "03-24")
    odd = books.invoice(
        "molen odd",
        "molen",
        "INV-0401",
        "03-17",
        [L("19.99", "3", PARTS, HIGH, text="Slang"), L("4.35", "7", PARTS, LOW, text="Zeef")],
        mode="Inclusive",
    )
    books.pay(odd, "03-31")


def _ijsselmeer(world: World) -> None:
    """A year billed straight to deferred income; released monthly, typed days later, dated back."""
    world.customer(
        "ijssel",
        "7020",
        "IJsselmeer Zorg",
        "Stichting IJsselmeer Zorg",
        "IJSSELMEER ZORG",
        domain="ijsselmeerzorg.example",
    )
    world.crm.deal("5020", "Care plan lifts", "7020", "01-05", amount="1200.00", stage="91780")
    world.crm.line(
        "5020",
        name="Care plan",
        quantity="1",
        price="1200",
        amount="1200.00",
        hs_sku="PLAN",
        recurringbillingfrequency="annually",
        hs_recurring_billing_period="P12M",
        hs_recurring_billing_number_of_payments="1",
        hs_tcv="1200.00",
        hs_acv="1200.00",
    )
    shop, books = world.shop, world.books
    shop.job(
        "HP-2620",
        "ijssel",
        "time_and_materials",
        "5020",
        start="01-05",
        rule="on_order",
        recognition="straight_line",
        rate=("PLAN", "month", "100"),
    )
    bill = books.invoice(
        "ijssel1",
        "ijssel",
        "INV-0103",
        "01-06",
        [L("1200", account=DEFERRED, tax=HIGH, job="HP-2620", item="PLAN", text="Onderhoud 2026")],
    )
    books.pay(bill, "02-05")
    typed = ("02-03", "03-03", "04-02", "05-04", "06-03", "06-30")
    for end, late in zip(MONTH_ENDS, typed, strict=True):
        on = f"{end:%m-%d}"
        shop.deliver("HP-2620", "ijssel", "PLAN", on, "1", "100", kind="material")
        books.manual(
            f"release {on}",
            on,
            f"Deferred income {end:%m/%Y} HP-2620",
            [(DEFERRED, "100.00"), (PLANS, "-100.00")],
            created=late,
            job="HP-2620",
        )
