-- One row per customer record and the cluster it is in once registration numbers are applied.
{{ join_records(
    records='int_customers_by_tax_number',
    evidence='int_customer_evidence',
    marks='int_customer_marks',
    rule='registration_number',
    respecting=[
        'decided_different',
        'parent',
        'parent_in_system',
        'tax_number_in_system',
        'registration_in_system',
        'role',
    ],
) }}
