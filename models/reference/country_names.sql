-- One row per name of a country.
{{ own_before_standard(
    'country_names',
    by=['country_name'],
    columns=['country_name', 'country']
) }}
