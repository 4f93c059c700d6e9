-- One row per text that names no customer.
{{ own_before_standard(
    'placeholder_names',
    by=['placeholder'],
    columns=['placeholder', 'reason']
) }}
