"""One row per product record, with the cluster that the rules put it in: by decision, code, name
and category."""

from tieout.identity.rules import Rule, rule_clusters

RULES = [
    Rule("decision", ("decided_different",)),
    Rule("product_code", ("decided_different",)),
    Rule("name_and_category", ("decided_different", "code_in_system")),
]


def model(dbt, session):
    dbt.config(materialized="table")
    return rule_clusters(
        dbt.ref("int_product_records"),
        dbt.ref("int_product_evidence"),
        dbt.ref("int_product_constraints"),
        RULES,
    )
