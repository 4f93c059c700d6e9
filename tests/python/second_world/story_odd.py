"""The odd ones: voided and numbered again, merged in one system or another, archived, drafts."""

from __future__ import annotations

from second_world.basics import at, day
from second_world.chart import HIGH, SAVINGS
from second_world.crm import LOST, OPEN
from second_world.lines import L
from second_world.world import World


def tell(world: World) -> None:
    """The chapter."""
    _ubbink(world)
    _verhoeven(world)
    _wessels(world)
    _zuidas(world)


def _ubbink(world: World) -> None:
    """Dated January, voided in April, billed again under the same number."""
    world.customer(
        "ubb",
        "7015",
        "Ubbink Agri",
        "Ubbink Agri Techniek",
        "Ubbink Agri B.V.",
        domain="ubbink.example",
        tax="NL811122334B01",
    )
    world.crm.deal("5016", "Harvester", "7015", "01-12", amount="900", owner="22")
    world.crm.line("5016", name="Repair", quantity="1", price="900", amount="900", hs_sku="PROJECT")
    shop, books = world.shop, world.books
    shop.job("HP-2616", "ubb", "fixed_price", "5016", start="01-12", done="01-19", rule="milestone")
    shop.deliver("HP-2616", "ubb", "PROJECT", "01-19", "1", "900", kind="milestone")
    line = [L("900", tax=HIGH, job="HP-2616", item="PROJECT", text="Reparatie")]
    books.void(books.invoice("ubb1", "ubb", "INV-0107", "01-20", line), "04-14")
    again = books.invoice("ubb2", "ubb", "INV-0107", "04-15", line)
    books.pay(again, "05-30", account=SAVINGS)
    books.invoice(
        "ubb5", "ubb", "INV-0158", "06-29", [L("45", tax=HIGH)], status="SUBMITTED", created="06-29"
    )
    # A sum typed wrong, seen the same day; and a date typed wrong, mended a week later.
    books.void(books.invoice("ubb3", "ubb", "INV-0108", "02-03", [L("9000", tax=HIGH)]), "02-03")
    moved = books.invoice(
        "ubb4", "ubb", "INV-0141", "04-30", [L("80", tax=HIGH, text="Onderdelen")]
    )
    books.edit(moved, "05-07", [L("80", tax=HIGH, text="Onderdelen")], on="05-04")


def _verhoeven(world: World) -> None:
    """Two companies of HubSpot merged; a job still names the one that is gone; the owner left."""
    world.customer(
        "verh",
        "7016",
        "Verhoeven Bouw",
        "Verhoeven Bouw BV",
        "Bouwbedrijf Verhoeven",
        domain="verhoeven.example",
        tax="NL812233445B01",
        merged="7116",
    )
    crm, shop, books = world.crm, world.shop, world.books
    crm.deal("5017", "Crane", "7016", "02-16", amount="2500", owner="31")
    crm.line("5017", name="Crane", quantity="1", price="2500", amount="2500", hs_sku="PROJECT")
    crm.deal("5018", "Hoist", "7016", "05-11", amount="1000.00")
    crm.line("5018", name="Hoist", quantity="1", amount="700.00", hs_sku="PROJECT")
    crm.line("5018", name="Mounting", hs_sku="UUR")
    shop.job(
        "HP-2617",
        "verh",
        "fixed_price",
        "5017",
        start="02-17",
        done="03-18",
        rule="milestone",
        customer_id="7116",
    )
    shop.job("HP-2618", "verh", "fixed_price", "5018", start="05-12", rule="milestone")
    shop.deliver("HP-2617", "verh", "PROJECT", "03-18", "1", "2500", kind="milestone")
    bill = books.invoice(
        "verh1",
        "verh",
        "INV-0119",
        "03-20",
        [L("2500", tax=HIGH, job="HP-2617", item="PROJECT", text="Kraan")],
    )
    books.pay(bill, "04-17")
    note = books.credit(
        "verh3",
        "verh",
        "CN-0006",
        "04-24",
        [L("200", tax=HIGH, job="HP-2617", item="PROJECT", text="Korting")],
        ref="Credit INV-0119 dispute",
    )
    books.refund(note, "05-08")
    books.invoice(
        "verh2", "verh", "INV-0156", "06-26", [L("1000", tax=HIGH, text="Hijs")], status="DRAFT"
    )


def _wessels(world: World) -> None:
    """Two contacts of the ledger merged in May; an old number of another customer used again."""
    world.customer(
        "wess",
        "7017",
        "Wessels Logistiek",
        "Wessels Logistiek B.V.",
        "Wessels Logistics",
        domain="wessels.example",
        tax="NL813344556B01",
    )
    crm, shop, books = world.crm, world.shop, world.books
    old = books.contact("wess old", "Wessels Transport", UpdatedDateUTC=at(day("02-03")))
    world.customers["wess"].xero.append(old)
    crm.deal("5025", "Tail lifts", "7017", "02-03", amount="2400.00")
    crm.line(
        "5025", name="Workshop hour", quantity="24", price="100", amount="2400.00", hs_sku="UUR"
    )
    shop.job(
        "HP-2625", "wess", "time_and_materials", "5025", start="02-04", rate=("UUR", "hour", "100")
    )
    shop.deliver("HP-2625", "wess", "UUR", "02-12", "16", "1600")
    shop.deliver("HP-2625", "wess", "UUR", "05-18", "8", "800")
    first = books.invoice(
        "wess1",
        "wess old",
        "INV-0012",
        "02-14",
        [L("100", "16", tax=HIGH, job="HP-2625", item="UUR", text="Uren")],
    )
    books.pay(first, "03-13", "936.00")
    twice = books.ahead("wess", "wess old", "04-02", "25.00", ref="INV-0012")
    books.refund(twice, "04-09", under="Overpayment")
    books.merge_contacts("wess old", "wess", day("05-15"))
    books.invoice(
        "wess2",
        "wess",
        "INV-0145",
        "05-20",
        [L("100", "8", tax=HIGH, job="HP-2625", item="UUR", text="Uren")],
    )


def _zuidas(world: World) -> None:
    """A deal of an amount alone, an archived one, a lost one; drafts and a submitted bill."""
    world.customer(
        "zuid",
        "7019",
        "Zuidas Media",
        "Zuidas Media Groep BV",
        "Zuidas media",
        domain="zuidas.example",
        tax="NL814455667B01",
    )
    crm, shop, books = world.crm, world.shop, world.books
    crm.deal("5022", "Studio", "7019", "04-21", amount="3000", told=False)
    crm.deal("5023", "Typed twice", "7019", "03-10", amount="4000", archived="04-01")
    crm.line("5023", name="Studio", quantity="1", price="4000", amount="4000", archived="04-01")
    crm.deal("5026", "Lost one", "7019", "03-12", amount="7000", stage=LOST)
    crm.deal("5027", "Still talking", "7019", "09-30", amount="2500", stage=OPEN)
    # Half past midnight on 1 June in Amsterdam.
    crm.deal("5028", "Lights", "7019", "2026-05-31T22:30:00.000Z", amount="600")
    crm.line("5028", name="Lights", quantity="2", price="300", amount="600", hs_sku="FLENS")
    crm.line("5028", name="Cables", quantity="1", price="400", amount="400", archived="05-30")
    crm.company("7199", "Zuidas Media (test)", archived="02-20")
    shop.job(
        "HP-2622", "zuid", "time_and_materials", "5022", start="04-22", rate=("UUR", "hour", "100")
    )
    shop.deliver("HP-2622", "zuid", "UUR", "05-27", "15", "1500")

    def bill(key: str, number: str, on: str, qty: str, status: str) -> None:
        books.invoice(
            key,
            "zuid",
            number,
            on,
            [L("100", qty, tax=HIGH, job="HP-2622", item="UUR", text="Uren")],
            status=status,
        )

    bill("zuid1", "INV-0147", "05-29", "15", "AUTHORISED")
    bill("zuid2", "INV-0155", "06-18", "10", "SUBMITTED")
    bill("zuid3", "INV-0157", "06-26", "5", "DRAFT")
    bill("zuid4", "INV-0160", "04-28", "3", "DELETED")
    books.credit("zuid5", "zuid", "CN-0099", "06-27", [L("50", tax=HIGH)], status="DRAFT")
