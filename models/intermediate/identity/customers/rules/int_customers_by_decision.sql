-- One row per customer record and the cluster it is in once people's decisions (seed customer_links) are applied.
{{ join_records(
    records='int_customer_singles',
    evidence='int_customer_evidence',
    marks='int_customer_marks',
    rule='decision',
    respecting=['decided_different'],
) }}
