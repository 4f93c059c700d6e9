"""Theme 10: people, products and contracts that a record of another system names."""

from __future__ import annotations

from .ledger import Case, L
from .right import BILL, Right, same
from .world import Customer, D, Job

RATE = (*BILL, "charge_rate_variance")


def settle(c: Case, who: Customer, job: Job, *lines: tuple[int, int]) -> None:
    """Bill (hours, price) on 31 March and receive the money on 24 April."""
    total = sum(hours * price for hours, price in lines)
    bill = c.bill(who, "2026-03-31", *(L("HOURS", hours, price, job) for hours, price in lines))
    c.receipt(who, "2026-04-24", total, (bill, total))


def n67(c: Case) -> Right:
    """The job's manager is a person of the CRM; customer and deal have an owner of the office.

    500 in every stage; nobody is missing. input_layer: "A reference may name another system's
    record (a manager of the CRM on a job of operations)".
    """
    who = c.customer("Lacock Estates Ltd", owner="P1")
    boss = c.person("n67-M", "Greta Olsen", "crm", "greta@house.example", role="manager")
    job = c.job(who, "time_and_materials", D("HOURS", 10, 50), rates={"HOURS": 50}, manager=boss)
    c.work(job, "2026-03-10", 10)
    settle(c, who, job, (10, 50))
    return [("Lacock Estates", same(500, never=(*RATE, "owner_missing")))]


def n68(c: Case) -> Right:
    """A rate for n68-E71 of the personnel system, who is n68-PA here: one payroll number.

    8 x 65 = 520, not 8 x 50. The names are written differently. marts, xref_person: "own system
    and id first, else e-mail or payroll number".
    """
    who = c.customer("Morden Rail Ltd")
    c.person("n68-PA", "Una Brandt", payroll="4471")
    c.person("n68-E71", "Brandt, U.", "hr", payroll="4471")
    job = c.job(who, "time_and_materials", D("HOURS", 8, 65), rates={"HOURS": 50})
    c.rate(job, "HOURS", 65, person="n68-E71")
    c.work(job, "2026-03-10", 8, person="n68-PA")
    settle(c, who, job, (8, 65))
    return [("Morden Rail", same(520, never=RATE))]


def n69(c: Case) -> Right:
    """n69-P7 is Rosa in the office and Henk in the personnel system; Henk is n69-P8 here.

    The office's rate of 80 names the office's n69-P7: Rosa's 5 x 80 = 400, Henk's 5 x 60 = 300.
    input_layer: "its own system first"; "One id in two systems is no evidence that they are
    one".
    """
    who = c.customer("Nutley Optics Ltd")
    c.person("n69-P7", "Rosa Lind", email="rosa@house.example")
    c.person("n69-P8", "Henk Bakker", email="henk@house.example")
    c.person("n69-P7", "Henk Bakker", "hr", "henk@house.example")
    job = c.job(who, "time_and_materials", D("HOURS", 10, 70), rates={"HOURS": 60})
    c.rate(job, "HOURS", 80, person="n69-P7")
    c.work(job, "2026-03-10", 5, person="n69-P7")
    c.work(job, "2026-03-10", 5, person="n69-P8")
    settle(c, who, job, (5, 80), (5, 60))
    want = same(700, ids={"n69-V1": 400, "n69-V2": 300}, never=RATE)
    want["leak"] = {"delivered_to_invoiced": 0, "invoiced_to_cash": 0}
    return [("Nutley Optics", want)]


def n70(c: Case) -> Right:
    """The contract and its rate stand in the CRM, job and sheets in the office.

    10 x 75 = 750: the job names the CRM's contract. input_layer: "else of the only other system
    that has that id".
    """
    who = c.customer("Olney Textiles Ltd")
    job = c.job(
        who, "time_and_materials", D("HOURS", 10, 75), rates={"HOURS": 75}, contract_in="crm"
    )
    c.work(job, "2026-03-10", 10)
    settle(c, who, job, (10, 75))
    return [("Olney Textiles", same(750, never=RATE))]


def n71(c: Case) -> Right:
    """Two people called Jan Smit here, one there without e-mail, and a rate for the one there.

    The rate of 70 is for nobody here: 10 x 50 = 500. marts, xref_person: "the same full name
    where only one bears it; what two records of one system carry joins nobody".
    """
    who = c.customer("Purley Games Ltd")
    c.person("n71-PA", "Jan Smit", email="jan.a@house.example")
    c.person("n71-PB", "Jan Smit", email="jan.b@house.example")
    c.person("n71-E9", "Jan Smit", "hr")
    job = c.job(who, "time_and_materials", D("HOURS", 10, 50), rates={"HOURS": 50})
    c.rate(job, "HOURS", 70, person="n71-E9")
    c.work(job, "2026-03-10", 10, person="n71-PA")
    settle(c, who, job, (10, 50))
    return [("Purley Games", same(500, never=RATE))]


def n72(c: Case) -> Right:
    """A product of the catalogue alone, by its list price: an order with nothing priced.

    The deal has a line without price and an amount of 240 for 3 x 80 (list): 240 in every
    stage; the unit is the catalogue's. marts, xref_product; input_layer as in n70.
    """
    who = c.customer("Rusper Knives Ltd")
    part = c.product("a", 80)
    job = c.job(who, "product_order", D(part, 3, unit=""), amount=240)
    c.ship(job, "2026-03-10", 3, part, unit="")
    bill = c.bill(who, "2026-03-10", L(part, 3, 80, job))
    c.receipt(who, "2026-04-08", 240, (bill, 240))
    return [("Rusper Knives", same(240, never=(*BILL, "product_unmapped", "deal_amount_mismatch")))]
