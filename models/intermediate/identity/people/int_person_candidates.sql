-- One row per person record and person that it is joined to or might be, with what speaks for it and against it.
{{ record_candidates(
    noun='person',
    entity='people',
    name='full_name',
    columns=[],
    speaks_for=[
        ('records.email = others.email', 'the same e-mail address'),
        ('records.payroll_number = others.payroll_number', 'the same payroll number'),
        ('records.name_words = others.name_words', 'the same name'),
    ],
    speaks_against=[
        ('records.email <> others.email', 'other addresses'),
        ('records.payroll_number <> others.payroll_number', 'other payroll numbers'),
        ('records.name_words <> others.name_words', 'other names'),
        ('records.source_system = others.source_system', 'one system has both'),
        ('records.legal_entity <> others.legal_entity', 'of another company'),
    ],
) }}
