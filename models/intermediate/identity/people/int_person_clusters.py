"""One row per person record, with the cluster that the rules put it in: by decision, address,
payroll number, name."""

from tieout.identity.rules import Rule, rule_clusters

RULES = [
    Rule("decision", ("decided_different",)),
    Rule("email", ("decided_different", "own_system", "payroll_number")),
    Rule("payroll_number", ("decided_different", "own_system")),
    Rule("full_name", ("decided_different", "own_system", "payroll_number", "mailbox")),
]


def model(dbt, session):
    dbt.config(materialized="table")
    return rule_clusters(
        dbt.ref("int_person_records"),
        dbt.ref("int_person_evidence"),
        dbt.ref("int_person_constraints"),
        RULES,
    )
