"""One row per scored pair of customer records, with what becomes of it beside all others, and why.

Average link with what may not meet (pipelines/tieout/identity/clustering.py, docs/decisions/0026).
"""

from tieout.identity.choices import chosen_links

KINDS = (
    "decided_different",
    "parent",
    "parent_in_system",
    "tax_number_in_system",
    "registration_in_system",
    "legal_form",
    "site",
)
"""The constraints that similarity respects. A number may be mistyped across systems."""


def model(dbt, session):
    dbt.config(materialized="table")
    thresholds = dbt.ref("match_thresholds").filter("entity = 'customer'")
    return chosen_links(
        dbt.ref("int_customer_candidates").to_arrow_table(),
        dbt.ref("int_customer_clusters").project("record_id, cluster_id").to_arrow_table(),
        dbt.ref("int_customer_constraints").filter(f"constraint_kind in {KINDS}").to_arrow_table(),
        # Of a list's names, a form that is written seldom beside another says nothing.
        dbt.ref("int_customer_profiles")
        .filter("has_seldom_form")
        .project("record_id")
        .to_arrow_table(),
        rivals_within=float(thresholds.aggregate("max(ambiguous_within)").fetchone()[0]),
    )
