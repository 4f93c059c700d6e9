-- One row per symptom, root and what links them.
{{ own_before_standard(
    'control_precedence',
    by=['symptom', 'root', 'linked_by'],
    columns=['symptom', 'root', 'linked_by', 'rank', 'slack_pct', 'reason']
) }}
