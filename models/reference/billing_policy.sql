-- One row per job type.
{{ own_before_standard(
    'billing_policy',
    by=['job_type'],
    columns=[
        'job_type', 'billing_rule', 'billing_period', 'billing_window_days', 'payment_terms_days', 'owner', 'reason',
        'approved_by', 'valid_from'
    ]
) }}
