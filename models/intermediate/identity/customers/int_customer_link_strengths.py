"""One row per customer record that likeness ties to its customer, with the link that holds it.

That is the weakest link on the strongest way to the record that speaks for the customer.
"""

from tieout.identity.ties import ties


def model(dbt, session):
    dbt.config(materialized="table")
    links = dbt.ref("int_customer_links").filter("link_status = 'automatic'")
    return ties(
        links.project("pair_id, left_record_id, right_record_id, probability, match_weight").to_arrow_table(),
        dbt.ref("int_customers_by_name_and_country").project("record_id, cluster_id").to_arrow_table(),
        dbt.ref("int_customer_keys").project("record_id, customer_key, position").to_arrow_table(),
    )
