-- One row per word that stands before a job's number.
{{ own_before_standard(
    'job_code_words',
    by=['word'],
    columns=['word', 'stands_for', 'meaning']
) }}
