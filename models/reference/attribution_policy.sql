-- One row per rule of attribution and day from which its place in the order holds.
{{ own_before_standard(
    'attribution_policy',
    by=['rule', 'valid_from'],
    columns=['rule', 'priority', 'owner', 'reason', 'approved_by', 'valid_from']
) }}
