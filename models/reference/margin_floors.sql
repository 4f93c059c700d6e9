-- One row per job type and day from which its floor holds.
{{ own_before_standard(
    'margin_floors',
    by=['job_type', 'valid_from'],
    columns=['job_type', 'floor_pct', 'valid_from', 'owner', 'reason', 'approved_by']
) }}
