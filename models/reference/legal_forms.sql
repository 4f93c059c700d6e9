-- One row per legal form, country and position in the name.
{{ own_before_standard(
    'legal_forms',
    by=['legal_form', 'country', 'position'],
    columns=['legal_form', 'country', 'position', 'is_distinctive', 'kind']
) }}
