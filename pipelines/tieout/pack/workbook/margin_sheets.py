"""The sheets of the workbook about margins: job by job, effect by effect, person by person, and from
the list price to the pocket."""

from __future__ import annotations

from tieout.findings.margin import EFFECTS
from tieout.pack.workbook.sheets import CUSTOMER, JOB, PERSON, PRODUCT
from tieout.pack.workbook.table import Column, Table, day, key, money, number, text, word

_AMOUNTS = (
    *("booked", "contracted", "delivered", "recognised", "cash", "planned_cost", "planned_margin"),
    *("concession", "billed_short", "realised_value", "cost", "wip", "realised_margin"),
    *("recognised_margin", "cash_margin"),
)
_OUTLOOK = ("expected_value", "eac", "expected_margin", "loss_provision")
_BY_PERSON = (
    *("booked", "contracted", "delivered", "realised_value", "cost", "wip", "realised_margin"),
    *(f"{effect}_effect" for effect in EFFECTS),
    *("flexed_cost", "missed_cost"),
)
_STEPS = (
    *("list_value", "quote_discount", "quoted_value", "change_order_price", "agreed_price"),
    *("billed_rate_variance", "credits", "settlement_discount", "pocket_value"),
)


def _called(name: str) -> str:
    """An amount as people name it."""
    shorter = {
        "eac": "Estimate at completion",
        "wip": "Work in progress",
        "flexed_cost": "Planned for final jobs",
        "missed_cost": "Missed by",
    }
    return shorter.get(name, name.removesuffix("_effect").replace("_", " ").capitalize())


def _figures(names: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(money(_called(name)) for name in names)


BY_JOB = Table(
    "Margin by job",
    "MarginByJob",
    "What every job was planned to earn, earned, and is expected to. Empty where nothing was planned.",
    f"""
    select {JOB.format("jobs")}, {CUSTOMER.format("people")}, {PERSON.format("owners")}, jobs.job_type, jobs.status,
        {", ".join(f"margins.{name}_amount" for name in _AMOUNTS)},
        {", ".join(f"outlooks.{name}_amount" for name in _OUTLOOK)}, margins.job_key
    from (
        select job_key, {", ".join(f"sum({name}_amount) as {name}_amount" for name in _AMOUNTS)}
        from fct_job_margin group by job_key
    ) as margins
    left join fct_job_outlook as outlooks using (job_key)
    left join dim_job as jobs using (job_key)
    left join dim_customer as people on jobs.customer_key = people.customer_key
    left join dim_person as owners on jobs.owner_key = owners.person_key
    order by margins.realised_margin_amount, margins.job_key
    """,
    (
        *(text("Job", 16), text("Customer", 30), text("Account owner", 20), word("Type", 18)),
        *(word("Status", 12), *_figures(_AMOUNTS), *_figures(_OUTLOOK), key("Job key")),
    ),
    of_position=True,
)
WALK = Table(
    "Margin walk",
    "MarginWalk",
    "What took each margin from the planned to the realised one: value less cost, by effect and evidence.",
    f"""
    select {JOB.format("jobs")}, {CUSTOMER.format("people")}, {PRODUCT.format("products")}, effects.effect,
        effects.reason, effects.gap_class, effects.effect_on, effects.value_amount, effects.cost_amount,
        effects.effect_amount, effects.margin_walk_key
    from fct_margin_walk as effects
    left join dim_job as jobs using (job_key)
    left join dim_customer as people on effects.customer_key = people.customer_key
    left join dim_product as products on effects.product_key = products.product_key
    order by 1, 3, effects.effect, effects.effect_on, effects.margin_walk_key
    """,
    (
        *(text("Job", 16), text("Customer", 30), text("Product", 28), word("Effect", 20)),
        *(word("Reason", 22), word("Class", 13), day("Day")),
        *(money("Value"), money("Cost"), money("Effect on margin"), key("Margin walk key")),
    ),
    of_position=True,
)
BY_PERSON = Table(
    "By representative",
    "ByRepresentative",
    "What each person is credited with, month by month. Jobs do not add up: two persons may share one.",
    f"""
    select {PERSON.format("owners")}, credited.month, credited.job_type, credited.product_category,
        {", ".join(f"credited.{name}_amount" for name in _BY_PERSON)},
        credited.job_count, credited.job_below_floor_count, credited.margin_by_rep_key
    from fct_margin_by_rep as credited
    left join dim_person as owners on credited.owner_key = owners.person_key
    order by credited.month, 1, credited.margin_by_rep_key
    """,
    (
        *(text("Person", 24), day("Month"), word("Type", 18), text("Product category", 18)),
        *(*_figures(_BY_PERSON), number("Jobs"), number("Below their floor"), key("Row key")),
    ),
    of_position=True,
)
PRICES = Table(
    "Price waterfall",
    "PriceWaterfall",
    "From the list price to what reached the pocket, of what was billed. Empty where no list price is known.",
    f"""
    select {JOB.format("jobs")}, {CUSTOMER.format("people")}, {PRODUCT.format("products")}, prices.priced_on,
        prices.priced_by, prices.list_price_rule, {", ".join(f"prices.{name}_amount" for name in _STEPS)},
        prices.price_realisation_key
    from fct_price_realisation as prices
    left join dim_job as jobs using (job_key)
    left join dim_customer as people on prices.customer_key = people.customer_key
    left join dim_product as products on prices.product_key = products.product_key
    order by 1, 3, prices.price_realisation_key
    """,
    (
        *(text("Job", 16), text("Customer", 30), text("Product", 28), day("Priced")),
        *(word("Priced by", 16), word("List price", 12), *_figures(_STEPS), key("Price key")),
    ),
    of_position=True,
)
