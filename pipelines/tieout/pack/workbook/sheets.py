"""What stands on each sheet of the workbook that is one table: its query, its columns, what is
added up."""

from __future__ import annotations

from tieout.findings.bridge import GAPS
from tieout.pack.scope import SCOPES, STAGES
from tieout.pack.workbook.table import Column, Table, day, key, looked_up, money, number, text, word

LIVE = "status not in ('resolved', 'waived')"
"""An exception that somebody still has to act on."""


def _named(noun: str, key: str, *names: str) -> str:
    """SQL for what a member is called; {0} stands for its table."""
    called = ", ".join(f"{{0}}.{name}" for name in (*names, key))
    return f"case when {{0}}.{key} = 'unknown' then 'Unknown {noun}' else coalesce({called}) end"


CUSTOMER = _named("customer", "customer_key", "customer_name")
JOB = _named("job", "job_key", "job_ref", "job_id")
PERSON = _named("owner", "person_key", "full_name")
PRODUCT = _named("product", "product_key", "product_name", "product_code")

_STAGE_COLUMNS = [f"{stage}_{scope}" for scope in SCOPES for stage in STAGES]
_SUMS = ", ".join(
    f"coalesce(sum(amount) filter (stage = '{stage}' and {condition}), 0) as {stage}_{scope}"
    for scope, condition in (("period", "in_period"), ("to_date", "true"))
    for stage in STAGES
)
_DIFFERENCES = ", ".join(
    f"coalesce(sum(from_amount - to_amount) filter (gap = '{gap}'), 0) as {gap}"
    for gap in GAPS.values()
)
_FIGURES = (
    *(
        money(f"{stage.capitalize()} {SCOPES[scope].lower()}")
        for scope in SCOPES
        for stage in STAGES
    ),
    *(money(f"{first.capitalize()} less {last}") for first, last in GAPS),
)
_PICKED = ", ".join(f"coalesce({name}, 0)" for name in (*_STAGE_COLUMNS, *GAPS.values()))


def _reconciled(key: str) -> str:
    return f"""
        from (select {key}, {_SUMS} from pack_stages group by {key}) as figures
        full outer join (select {key}, {_DIFFERENCES} from pack_sides group by {key}) as differences using ({key})
    """


def _side(side: str) -> str:
    return f"{side}.stage, {side}.event_on, {side}.source_system, {side}.source_entity, {side}.entity_label"


def _side_columns(side: str) -> tuple[Column, ...]:
    return (
        *(word(f"{side} stage", 12), day(f"{side} day"), word(f"{side} system", 13)),
        *(word(f"{side} record type", 18), text(f"{side} record", 24)),
    )


BY_CUSTOMER = Table(
    "By customer",
    "ByCustomer",
    "Every customer's stages in the period and to its end, and the differences between neighbouring stages to date.",
    f"select {CUSTOMER.format('people')}, people.country, {_PICKED}, customer_key {_reconciled('customer_key')} "
    "left join dim_customer as people using (customer_key) order by 1, customer_key",
    (text("Customer", 34), text("Country", 10), *_FIGURES, key("Customer key")),
)
BY_JOB = Table(
    "By job",
    "ByJob",
    "Every job's stages in the period and to its end, and the differences between neighbouring stages to date.",
    f"""
    select {JOB.format("jobs")}, {CUSTOMER.format("people")}, {PERSON.format("owners")}, jobs.job_type, jobs.status,
        {_PICKED}, job_key
    {_reconciled("job_key")}
    left join dim_job as jobs using (job_key)
    left join dim_customer as people on jobs.customer_key = people.customer_key
    left join dim_person as owners on jobs.owner_key = owners.person_key
    order by 1, job_key
    """,
    (
        *(
            text("Job", 16),
            text("Customer", 30),
            text("Account owner", 20),
            word("Type", 18),
            word("Status", 12),
        ),
        *_FIGURES,
        key("Job key"),
    ),
)
MATCHED = Table(
    "Matched items",
    "MatchedItems",
    "Amounts on which two records agree, one of them in the period, and the rule that brought them together.",
    f"""
    select {CUSTOMER.format("people")}, {JOB.format("jobs")}, {PRODUCT.format("products")}, pieces.gap,
        pieces.match_rule, {_side("froms")}, {_side("tos")}, pieces.from_amount, pieces.to_amount,
        froms.source_id, tos.source_id, bridge_item_key
    from fct_bridge as pieces
    left join fct_stage_events as froms on pieces.from_event_key = froms.event_key
    left join fct_stage_events as tos on pieces.to_event_key = tos.event_key
    left join dim_customer as people on pieces.customer_key = people.customer_key
    left join dim_job as jobs on pieces.job_key = jobs.job_key
    left join dim_product as products on pieces.product_key = products.product_key
    where pieces.reason = 'settled'
        and (pieces.from_on between $starts_on and $ends_on or pieces.to_on between $starts_on and $ends_on)
    order by 1, 2, pieces.gap, pieces.from_on, bridge_item_key
    """,
    (
        *(
            text("Customer", 32),
            text("Job", 14),
            text("Product", 28),
            word("Between", 22),
            word("Rule", 24),
        ),
        *_side_columns("From"),
        *_side_columns("To"),
        *(money("From amount"), money("To amount")),
        *(looked_up("From record id", "text", 38), looked_up("To record id", "text", 38)),
        key("Bridge item"),
    ),
)
_TITLES = "(select control_id, arg_max(title, version_number) as title from dim_control group by control_id)"
EXCEPTIONS = Table(
    "Exceptions",
    "Exceptions",
    "What somebody has to act on. Counted leaves out what another exception explains.",
    f"""
    select controls.title, results.family, found.severity, found.status, found.owner,
        {CUSTOMER.format("people")}, {JOB.format("jobs")}, found.entity_label, found.occurred_on, found.age_days,
        found.loss_amount, found.doubt_amount, found.counted_amount, found.counted_loss_amount, found.cause,
        found.suggested_action, found.owner_role, found.source_system, found.entity, found.entity_id,
        found.found_from_on, found.first_seen_at, found.days_since_first_seen, found.currency, found.document_amount,
        found.expected_amount, found.actual_amount, found.evidence, found.root_exception_key, found.exception_key
    from fct_exceptions as found
    left join {_TITLES} as controls using (control_id)
    left join (select control_id, family from fct_control_results where is_latest) as results using (control_id)
    left join dim_customer as people on found.customer_key = people.customer_key
    left join dim_job as jobs on found.job_key = jobs.job_key
    where found.{LIVE}
    order by found.counted_loss_amount desc, found.counted_amount desc, found.exception_key
    """,
    (
        *(
            text("Control", 34),
            word("Category", 13),
            word("Severity", 10),
            word("Status", 13),
            text("Owner", 20),
        ),
        *(
            text("Customer", 28),
            text("Job", 14),
            text("Record", 22),
            day("Occurred"),
            number("Age in days"),
        ),
        *(
            money("Loss", total=False),
            money("Doubt", total=False),
            money("Counted"),
            money("Counted loss"),
        ),
        *(word("Cause", 24), text("Suggested action", 56)),
        *(looked_up("Role", "word"), looked_up("System", "word"), looked_up("Record type", "word")),
        looked_up("Record id", "text"),
        *(looked_up("Could be found from", "date"), looked_up("First seen", "moment")),
        *(looked_up("Days since seen", "count"), looked_up("Currency", "text")),
        *(looked_up(f"{name} amount", "money") for name in ("Document", "Expected", "Actual")),
        *(looked_up("Evidence", "text", 40), key("Explained by"), key("Exception")),
    ),
    of_position=True,
)
_AGES = """
    count(*), count(*) filter (severity in ('fatal', 'high')), sum(value_at_risk_amount), sum(counted_amount),
    sum(counted_loss_amount), count(*) filter (age_days <= 30), count(*) filter (age_days between 31 and 90),
    count(*) filter (age_days > 90),
    max(age_days)
"""
_AGE_COLUMNS = (
    *(number("Exceptions", total=True), number("High severity", total=True)),
    *(money("Value at risk", total=False), money("Counted"), money("Counted loss")),
    *(number(f"{name} days", total=True) for name in ("Up to 30", "31 to 90", "Over 90")),
    number("Oldest"),
)
BY_CATEGORY = Table(
    "By category",
    "ByCategory",
    "What is unresolved by control and its category; ages in days.",
    f"""
    select controls.title, results.family, {_AGES}
    from fct_exceptions as found
    left join {_TITLES} as controls using (control_id)
    left join (select control_id, family from fct_control_results where is_latest) as results using (control_id)
    where {LIVE}
    group by found.control_id, controls.title, results.family
    order by sum(counted_loss_amount) desc, sum(counted_amount) desc, found.control_id
    """,
    (text("Control", 42), word("Category", 14), *_AGE_COLUMNS),
    of_position=True,
)
BY_OWNER = Table(
    "By owner",
    "ByOwner",
    "What is unresolved by the person or team that has to act; ages in days.",
    f"""
    select owner, owner_role, {_AGES}
    from fct_exceptions where {LIVE}
    group by owner, owner_role
    order by sum(counted_loss_amount) desc, sum(counted_amount) desc, owner, owner_role
    """,
    (text("Owner", 28), word("Role"), *_AGE_COLUMNS),
    chart=5,
    of_position=True,
)
_LEDGER = "ledger_accrued ledger_deferred accrued_difference deferred_difference"
_ROLLED = f"opening recognised invoiced closing accrued deferred {_LEDGER}".split()
ROLL_FORWARD = Table(
    "Roll-forward",
    "RollForward",
    "Opening + recognised less invoiced = closing, by contract or job, and the ledger's accounts, in its currency.",
    f"""
    select {CUSTOMER.format("people")}, {JOB.format("jobs")}, rolled.legal_entity, rolled.currency,
        {", ".join(f"rolled.{name}_amount" for name in _ROLLED)}, rolled.difference_causes,
        rolled.revenue_rollforward_key
    from fct_revenue_rollforward as rolled
    left join dim_customer as people on rolled.customer_key = people.customer_key
    left join dim_job as jobs on rolled.job_key = jobs.job_key
    where rolled.month_on = $starts_on
    order by rolled.currency, 1, 2, rolled.revenue_rollforward_key
    """,
    (
        *(text("Customer", 32), text("Job", 14), text("Legal entity", 26), text("Currency", 10)),
        *(money(name.replace("_", " ").capitalize()) for name in _ROLLED),
        *(word("Causes", 26), key("Roll-forward key")),
    ),
    per=3,
)
AGEING = Table(
    "Receivables ageing",
    "Ageing",
    "What is open by how long it is overdue, in the reporting currency.",
    """
    select ageing_bucket, count(*), sum(gross_amount), sum(applied_amount), sum(open_amount)
    from fct_receivables
    group by ageing_bucket order by min(days_overdue), 1
    """,
    (
        word("Days overdue", 26),
        number("Documents", total=True),
        money("Gross"),
        money("Applied"),
        money("Open"),
    ),
    chart=4,
    of_position=True,
)
RECEIVABLES = Table(
    "Receivables",
    "Receivables",
    "Every invoice, and every credit note and receipt that is owed to the customer, with what is open of it. "
    "Totals are in the reporting currency.",
    f"""
    select {CUSTOMER.format("people")}, {JOB.format("jobs")}, invoice_number, issued_on, due_on, ageing_bucket,
        days_overdue, owed.currency, document_gross_amount, document_applied_amount, document_open_amount,
        gross_amount, applied_amount, open_amount, owed.legal_entity, owed.source_system, invoice_id
    from fct_receivables as owed
    left join dim_customer as people on owed.customer_key = people.customer_key
    left join dim_job as jobs on owed.job_key = jobs.job_key
    order by open_amount desc, issued_on, invoice_key
    """,
    (
        *(text("Customer", 32), text("Job", 14), text("Invoice"), day("Issued"), day("Due")),
        *(word("Days overdue", 12), number("Overdue by"), text("Currency", 10)),
        *(money(name, total=False) for name in ("Gross", "Applied", "Open")),
        *(money(f"{name} reporting") for name in ("Gross", "Applied", "Open")),
        *(text("Legal entity", 26), word("System", 14), key("Record", 38)),
    ),
    of_position=True,
)
CONTROLS = Table(
    "Controls",
    "Controls",
    "What every control looked at and found. A control with nothing to look at has not passed.",
    f"""
    select controls.title, family, severity, status, population_count, too_young_count, population_amount,
        exception_count, waived_count, value_at_risk_amount, counted_amount, counted_loss_amount, as_of_on,
        control_id, run_id
    from fct_control_results left join {_TITLES} as controls using (control_id)
    where is_latest order by family, control_id
    """,
    (
        *(
            text("Control", 42),
            word("Category", 14),
            word("Severity", 10),
            word("Status", 14),
            number("Looked at"),
        ),
        number("Too young"),
        *(
            money("Amount looked at", total=False),
            number("Exceptions", total=True),
            number("Waived", total=True),
        ),
        *(
            money("Value at risk", total=False),
            money("Counted"),
            money("Counted loss"),
            day("As of"),
        ),
        *(key("Name"), key("Run", 26)),
    ),
    of_position=True,
)
