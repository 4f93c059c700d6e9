-- One row per unit.
{{ own_before_standard(
    'unit_conversions',
    by=['unit'],
    columns=['unit', 'base_unit', 'base_quantity', 'owner', 'reason', 'approved_by', 'valid_from']
) }}
