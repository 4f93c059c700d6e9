-- One row per setting and day from which it holds.
{{ own_before_standard(
    'matching_policy',
    by=['setting', 'valid_from'],
    columns=['setting', 'value', 'meaning', 'owner', 'reason', 'approved_by', 'valid_from']
) }}
