-- One row per control and version of its rule.
{{ own_before_standard(
    'controls',
    by=['control_id', 'valid_from'],
    columns=[
        'control_id', 'title', 'family', 'assertion', 'owner_role', 'severity', 'risk_kind', 'tolerance_amount',
        'tolerance_pct', 'window_days', 'waits', 'bridge_gap', 'outside_bridge', 'valid_from', 'why_it_matters',
        'how_to_resolve', 'decided_by', 'approved_by'
    ]
) }}
