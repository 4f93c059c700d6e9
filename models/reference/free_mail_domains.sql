-- One row per domain that many people share.
{{ own_before_standard(
    'free_mail_domains',
    by=['domain'],
    columns=['domain', 'kind']
) }}
