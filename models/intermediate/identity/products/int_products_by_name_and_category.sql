-- One row per product record and the cluster it is in once names and categories are applied.
{{ join_records(
    records='int_products_by_product_code',
    evidence='int_product_evidence',
    marks='int_product_marks',
    rule='name_and_category',
    respecting=['decided_different', 'code_in_system'],
) }}
