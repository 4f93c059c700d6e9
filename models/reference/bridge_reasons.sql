-- One row per reason.
{{ own_before_standard(
    'bridge_reasons',
    by=['reason'],
    columns=[
        'reason', 'gap_class', 'favourable_class', 'gaps', 'margin_effect', 'sentence', 'who_acts', 'how_to_act', 'asked_by',
        'accepted_gaps', 'accepted_by', 'accepted_because', 'approved_by', 'accepted_on'
    ]
) }}
