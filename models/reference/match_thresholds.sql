-- One row per entity.
{{ own_before_standard(
    'match_thresholds',
    by=['entity'],
    columns=['entity', 'automatic_from', 'review_from', 'ambiguous_within', 'owner', 'reason', 'approved_by', 'valid_from']
) }}
