-- One row per word of company names.
{{ own_before_standard(
    'name_words',
    by=['word'],
    columns=['word', 'stands_for', 'kind']
) }}
