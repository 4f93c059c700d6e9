-- One row per product record and the cluster it is in once people's decisions (seed product_links) are applied.
{{ join_records(
    records='int_product_singles',
    evidence='int_product_evidence',
    marks='int_product_marks',
    rule='decision',
    respecting=['decided_different'],
) }}
