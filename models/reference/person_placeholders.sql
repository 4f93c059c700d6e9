-- One row per field and text that name no person.
{{ own_before_standard(
    'person_placeholders',
    by=['field', 'value'],
    columns=['field', 'value', 'owner', 'reason', 'approved_by', 'valid_from']
) }}
