-- One row per product record and the cluster it is in once product codes are applied.
{{ join_records(
    records='int_products_by_decision',
    evidence='int_product_evidence',
    marks='int_product_marks',
    rule='product_code',
    respecting=['decided_different'],
) }}
