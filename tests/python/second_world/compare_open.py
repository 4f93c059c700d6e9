"""Open documents and exceptions of a published file against the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from second_world.basics import AS_OF, ZERO
from second_world.figures import Truth, total
from second_world.marts import Marts
from second_world.truth_open import Open

# What no control may say of a world whose books are in order, and what one must say.
SILENT = (
    "receivables_tie_out",
    "cash_tie_out",
    "deferred_income_tie_out",
    "accrued_income_tie_out",
    "trial_balance_tie_out",
    "retention_tie_out",
    "journal_unbalanced",
    "invoice_not_posted",
    "fx_rate_missing",
    "duplicate_invoice",
    "revenue_journal_without_document",
)
NEVER = {
    "tessel": ("invoice_without_delivery",),
    "delac": ("cash_unapplied", "invoice_without_delivery"),
    "piet": ("cash_unapplied",),
    "wess": ("cash_unapplied",),
    "brandt": ("deal_amount_mismatch",),
    "molen": ("deal_amount_mismatch",),
    "verh": ("deal_amount_mismatch",),
    "sturm": ("short_paid", "invoice_without_delivery"),
    "costa": ("short_paid",),
    "noord": ("short_paid", "receivable_overdue"),
    "kade": ("short_paid", "receivable_overdue"),
    "riet": ("delivered_not_invoiced", "cash_unapplied"),
    "ijssel": ("delivered_not_invoiced", "invoice_without_delivery"),
    "lake": ("delivered_not_invoiced",),
    "kestrel": ("delivered_not_invoiced",),
    "ubb": ("delivered_not_invoiced",),
}
# The register: past due by more than sixty days.
LATE_BY_DAYS = 60


def receivables(truth: Truth, marts: Marts) -> Iterator[str]:
    """Document by document: what is open, in whichever of four currencies the file speaks."""
    columns = marts.columns("fct_receivables")
    right = {each.source: each for each in truth.open_documents()}
    held = [
        dict(zip(columns, row, strict=True))
        for row in marts.rows("select * from marts.fct_receivables")
    ]
    amounts = [name for name in columns if "open" in name and name.endswith("amount")]
    if not amounts:
        yield f"fct_receivables has no open amount: {columns}"
        return
    documents: dict[str, dict[str, object]] = {}
    for row in held:
        found = next((key for value in row.values() for key in (_bare(value),) if key in right), "")
        opened = [Decimal(str(row[name])) for name in amounts if row[name] is not None]
        if found:
            documents[found] = row
        elif any(opened):
            yield f"fct_receivables: a document that is not open: {_words(row)} {opened}"
    for source, each in right.items():
        if source not in documents:
            yield f"fct_receivables lacks {each.kind} {each.number} of {each.customer}: {each.eur}"
    for name in amounts:
        yield from _amounts(name, documents, right, sum_of(held, name))


def sum_of(rows: list[dict[str, object]], name: str) -> Decimal:
    """The column's total over the whole mart."""
    return sum((Decimal(str(row[name])) for row in rows if row[name] is not None), ZERO)


def _amounts(
    name: str, documents: dict[str, dict[str, object]], right: dict[str, Open], whole: Decimal
) -> Iterator[str]:
    """Takes the reading that most documents share, and names those that differ from it."""
    readings = {
        "document currency": {key: each.document for key, each in right.items()},
        "EUR": {key: each.eur for key, each in right.items()},
        "GBP of its own day": {key: each.gbp_then for key, each in right.items()},
        f"GBP of {AS_OF}": {key: each.gbp_now for key, each in right.items()},
    }
    said = {key: Decimal(str(row[name])) for key, row in documents.items() if row[name] is not None}
    score = Counter(
        {
            reading: sum(said[key] == values[key] for key in said)
            for reading, values in readings.items()
        }
    )
    reading, hits = score.most_common(1)[0]
    if 2 * hits < len(said):
        yield f"note: fct_receivables.{name} has no reading: {whole} in all ({hits} fit {reading})"
        return
    values = readings[reading]
    yield f"note: fct_receivables.{name} reads as {reading} ({hits} of {len(said)} documents)"
    for key, amount in said.items():
        if amount != values[key]:
            each = right[key]
            yield (
                f"fct_receivables.{name}: {each.kind} {each.number} of {each.customer} "
                f"{amount}, right {values[key]} ({reading})"
            )
    should = sum(values.values(), ZERO)
    if whole != should:
        yield f"fct_receivables.{name}: {whole} in all, right {should} ({reading})"
    if reading == "EUR" and should != total(list(right.values())):
        yield "the truth contradicts itself"


def _bare(value: object) -> str:
    return str(value).rsplit("|", 1)[-1]


def _words(row: dict[str, object]) -> str:
    wanted = (
        "document_kind",
        "document_number",
        "invoice_number",
        "source_id",
        "document_id",
        "customer_key",
    )
    return " ".join(str(row[name]) for name in wanted if row.get(name) is not None)


def exceptions(marts: Marts) -> Iterator[str]:
    """Controls that speak where all is well, and the overdue that must be said."""
    columns = marts.columns("fct_exceptions")
    live = "status not in ('resolved')" if "status" in columns else "true"
    rows = marts.rows(
        f"select control_id, customer_key, count(*), sum(value_at_risk_amount) "
        f"from marts.fct_exceptions where {live} group by all"
    )
    spoken: dict[tuple[str, str], tuple[int, object]] = {}
    for control, key, count, amount in rows:
        who = marts.owner.get(str(key), "")
        spoken[str(control), who] = (int(count), amount)
        if control in SILENT:
            yield f"{control} speaks {count} times of {who or marts.name(str(key))}: {amount}"
    for who, controls in NEVER.items():
        for control in controls:
            if (control, who) in spoken:
                count, amount = spoken[control, who]
                yield f"{control} speaks {count} times of {who}: {amount}"
    late = {
        each.customer
        for each in marts.truth.open_documents()
        if each.kind == "invoice"
        and each.due is not None
        and (AS_OF - each.due).days > LATE_BY_DAYS
    }
    said = {who for control, who in spoken if control == "receivable_overdue"}
    yield from (f"receivable_overdue is silent about {who}" for who in sorted(late - said))
    yield from (f"receivable_overdue speaks of {who}" for who in sorted(said - late))
