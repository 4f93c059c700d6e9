-- One row per attribute, day from which its order holds, and rank.
{{ own_before_standard(
    'customer_survivorship',
    by=['attribute', 'valid_from'],
    columns=['attribute', 'rank', 'source_system', 'system_kind', 'owner', 'reason', 'approved_by', 'valid_from']
) }}
