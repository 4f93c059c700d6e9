-- One row per entity and rule.
{{ own_before_standard(
    'match_rules',
    by=['entity', 'match_rule'],
    columns=['entity', 'match_rule', 'rank', 'probability', 'meaning']
) }}
