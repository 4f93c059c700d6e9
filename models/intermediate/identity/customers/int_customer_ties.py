"""One row per customer record that is with others, with the rule that ties it to its customer.

That is the strongest rule by which a way to the record that speaks exists; by similarity, the weakest
link on the strongest way.
"""

from tieout.identity.ties import ties


def model(dbt, session):
    dbt.config(materialized="table")
    links = dbt.ref("int_customer_links").filter("link_status = 'automatic'")
    return ties(
        links.project(
            "pair_id, left_record_id, right_record_id, probability, match_weight"
        ).to_arrow_table(),
        dbt.ref("int_customer_clusters").project("record_id, cluster_id, joins").to_arrow_table(),
        dbt.ref("int_customer_keys").project("record_id, customer_key, position").to_arrow_table(),
    )
