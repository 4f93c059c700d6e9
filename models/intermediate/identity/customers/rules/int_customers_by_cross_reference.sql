-- One row per customer record and the cluster it is in once explicit cross-references are applied.
{{ join_records(
    records='int_customers_by_merge',
    evidence='int_customer_evidence',
    marks='int_customer_marks',
    rule='cross_reference',
    respecting=[
        'decided_different',
        'parent',
        'parent_in_system',
        'tax_number_in_system',
    ],
) }}
