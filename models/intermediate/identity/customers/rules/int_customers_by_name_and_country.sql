-- One row per customer record and the cluster it is in once names and countries are applied.
{{ join_records(
    records='int_customers_by_web_domain',
    evidence='int_customer_evidence',
    marks='int_customer_marks',
    rule='name_and_country',
    respecting=[
        'decided_different',
        'parent',
        'parent_in_system',
        'tax_number_in_system',
        'registration_in_system',
        'tax_number_in_country',
        'registration_in_country',
        'legal_form',
        'site',
        'domain',
    ],
) }}
