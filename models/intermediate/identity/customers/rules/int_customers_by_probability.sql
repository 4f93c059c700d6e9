-- One row per customer record and the cluster it is in once likeness (Splink, docs/decisions/0011) is applied.
{{ join_records(
    records='int_customers_by_name_and_country',
    evidence='int_customer_link_evidence',
    marks='int_customer_link_marks',
    rule='probability',
    respecting=[
        'decided_different',
        'parent',
        'parent_in_system',
        'tax_number_in_system',
        'registration_in_system',
        'legal_form',
        'site',
        'rejected',
    ],
) }}
