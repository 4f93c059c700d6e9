-- One row per product record and product that it is joined to or might be, with what speaks for it and against it.
{{ record_candidates(
    noun='product',
    entity='products',
    name='product_name',
    columns=['unit', 'list_price', 'currency'],
    speaks_for=[
        ('records.code = others.code', 'the same code'),
        ('records.name = others.name', 'the same name'),
        ('records.category = others.category', 'the same category'),
        ('lower(records.unit) = lower(others.unit)', 'the same unit'),
        ('records.list_price = others.list_price and records.currency = others.currency', 'the same price'),
    ],
    speaks_against=[
        ('records.code <> others.code', 'other codes'),
        ('records.code <> others.code and records.source_system = others.source_system', 'one system has both'),
        ('records.name <> others.name', 'other names'),
        ('records.category <> others.category', 'other categories'),
        ('lower(records.unit) <> lower(others.unit)', 'other units'),
        ('records.list_price <> others.list_price and records.currency = others.currency', 'other prices'),
        ('records.legal_entity <> others.legal_entity', 'of another company'),
    ],
) }}
