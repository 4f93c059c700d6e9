-- One row per customer record and the cluster it is in once the mergers of its own system are applied.
{{ join_records(
    records='int_customers_by_decision',
    evidence='int_customer_evidence',
    marks='int_customer_marks',
    rule='merged',
    respecting=['decided_different'],
) }}
