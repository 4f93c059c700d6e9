"""What the workbook's sheets of margins must hold, in queries of the tests' own."""

from __future__ import annotations

_EFFECTS = (
    *("scope_change", "volume", "price", "discount_after_quote", "concession", "currency"),
    *("identity", "not_yet_delivered", "cost_rate", "cost_efficiency", "cost_unplanned"),
)
_JOB = "(select case when job_key = 'unknown' then 'Unknown job' else coalesce(job_ref, job_id, job_key) end"
_JOB += " from dim_job as j where j.job_key = m.job_key)"
_CUSTOMER = "(select case when customer_key = 'unknown' then 'Unknown customer' else coalesce(customer_name,"
_CUSTOMER += " customer_key) end from dim_customer as c where c.customer_key = {0})"
_PERSON = "(select case when person_key = 'unknown' then 'Unknown owner' else coalesce(full_name, person_key) end"
_PERSON += " from dim_person as o where o.person_key = {0})"
_PRODUCT = "(select case when product_key = 'unknown' then 'Unknown product' else coalesce(product_name, product_code,"
_PRODUCT += " product_key) end from dim_product as p where p.product_key = m.product_key)"


def _of_job(column: str) -> str:
    return f"(select {column} from dim_job as j where j.job_key = m.job_key)"


def _outlook(column: str) -> str:
    return f"(select {column}_amount from fct_job_outlook as o where o.job_key = m.job_key)"


def _words(column: str) -> str:
    return f"replace({column}, '_', ' ')"


_MARGINS = {
    "Booked": "booked",
    "Contracted": "contracted",
    "Delivered": "delivered",
    "Recognised": "recognised",
    "Cash": "cash",
    "Planned cost": "planned_cost",
    "Planned margin": "planned_margin",
    "Concession": "concession",
    "Billed short": "billed_short",
    "Realised value": "realised_value",
    "Cost": "cost",
    "Work in progress": "wip",
    "Realised margin": "realised_margin",
    "Recognised margin": "recognised_margin",
    "Cash margin": "cash_margin",
}
_OUTLOOKS = {
    "Expected value": "expected_value",
    "Estimate at completion": "eac",
    "Expected margin": "expected_margin",
    "Loss provision": "loss_provision",
}
_CREDITED = {
    "Booked": "booked",
    "Contracted": "contracted",
    "Delivered": "delivered",
    "Realised value": "realised_value",
    "Cost": "cost",
    "Work in progress": "wip",
    "Realised margin": "realised_margin",
} | {effect.replace("_", " ").capitalize(): f"{effect}_effect" for effect in _EFFECTS}
_CREDITED |= {"Planned for final jobs": "flexed_cost", "Missed by": "missed_cost"}
_STEPS = {
    "List value": "list_value",
    "Quote discount": "quote_discount",
    "Quoted value": "quoted_value",
    "Change order price": "change_order_price",
    "Agreed price": "agreed_price",
    "Billed rate variance": "billed_rate_variance",
    "Credits": "credits",
    "Settlement discount": "settlement_discount",
    "Pocket value": "pocket_value",
}

MARGIN_SHEETS: dict[str, tuple[list[str], str]] = {
    "Margin by job": (
        [*("Job", "Customer", "Account owner", "Type", "Status"), *_MARGINS, *_OUTLOOKS, "Job key"],
        f"""
        select {_JOB}, {_CUSTOMER.format(_of_job("customer_key"))}, {_PERSON.format(_of_job("owner_key"))},
            {_words(_of_job("job_type"))}, {_words(_of_job("status"))},
            {", ".join(f"sum(m.{name}_amount)" for name in _MARGINS.values())},
            {", ".join(_outlook(name) for name in _OUTLOOKS.values())}, m.job_key
        from fct_job_margin as m group by m.job_key
        """,
    ),
    "Margin walk": (
        [
            *("Job", "Customer", "Product", "Effect", "Reason", "Class", "Day", "Value", "Cost"),
            *("Effect on margin", "Margin walk key"),
        ],
        f"""
        select {_JOB}, {_CUSTOMER.format("m.customer_key")}, {_PRODUCT}, {_words("effect")}, {_words("reason")},
            {_words("gap_class")}, effect_on, value_amount, cost_amount, value_amount - cost_amount, margin_walk_key
        from fct_margin_walk as m
        """,
    ),
    "By representative": (
        [
            *("Person", "Month", "Type", "Product category", *_CREDITED, "Jobs"),
            *("Below their floor", "Row key"),
        ],
        f"""
        select {_PERSON.format("m.owner_key")}, month, {_words("job_type")}, product_category,
            {", ".join(f"{name}_amount" for name in _CREDITED.values())}, job_count, job_below_floor_count,
            margin_by_rep_key
        from fct_margin_by_rep as m
        """,
    ),
    "Price waterfall": (
        [
            *("Job", "Customer", "Product", "Priced", "Priced by", "List price", *_STEPS),
            "Price key",
        ],
        f"""
        select {_JOB}, {_CUSTOMER.format("m.customer_key")}, {_PRODUCT}, priced_on, {_words("priced_by")},
            {_words("list_price_rule")}, {", ".join(f"{name}_amount" for name in _STEPS.values())},
            price_realisation_key
        from fct_price_realisation as m
        """,
    ),
}
