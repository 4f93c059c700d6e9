-- One row per customer record and the cluster it is in once web domains are applied.
{{ join_records(
    records='int_customers_by_registration_number',
    evidence='int_customer_evidence',
    marks='int_customer_marks',
    rule='web_domain',
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
        'name',
    ],
) }}
