"""One row per customer record, with the cluster that the exact rules put it in.

The rules in order, the strongest first. A weak rule does not overrule numbers that differ. Across
systems a number may be mistyped; inside one system two numbers are two customers.
"""

from tieout.identity.rules import Rule, rule_clusters

IN_SYSTEM = (
    "decided_different",
    "parent",
    "parent_in_system",
    "tax_number_in_system",
    "registration_in_system",
)
IN_COUNTRY = ("tax_number_in_country", "registration_in_country", "legal_form", "site")

RULES = [
    Rule("decision", ("decided_different",)),
    Rule("merged", ("decided_different",)),
    Rule(
        "cross_reference",
        ("decided_different", "parent", "parent_in_system", "tax_number_in_system"),
    ),
    Rule("tax_number", (*IN_SYSTEM, "role")),
    Rule("registration_number", (*IN_SYSTEM, "role")),
    Rule("web_domain", (*IN_SYSTEM, *IN_COUNTRY, "name")),
    Rule("name_and_country", (*IN_SYSTEM, *IN_COUNTRY, "domain")),
]


def model(dbt, session):
    dbt.config(materialized="table")
    return rule_clusters(
        dbt.ref("int_customer_records"),
        dbt.ref("int_customer_evidence"),
        dbt.ref("int_customer_constraints"),
        RULES,
    )
