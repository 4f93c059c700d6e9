"""One row per pair of customer records that are sure enough to be one, with whether it is taken beside all others.

Average link with what may not meet (pipelines/tieout/identity/clustering.py, docs/decisions/0026).
"""

from tieout.identity.choices import link_choices


def model(dbt, session):
    dbt.config(materialized="table")
    return link_choices(
        dbt.ref("int_customer_candidates").to_arrow_table(),
        dbt.ref("int_customer_link_marks").to_arrow_table(),
    )
