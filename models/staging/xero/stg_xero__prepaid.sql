-- One row per overpayment or prepayment of a customer: money received that stood against no invoice when it came.
{% set columns %}
        contact_id, issued_on, total, currency_code, currency_rate, reference, status, updated_at, _load_id as load_id, _landed_at as landed_at
{%- endset %}
with renamed as (
    select
        overpayment_id as document_id,
        'overpayment' as kind,
        {{ columns }}
    from ({{ raw_latest('xero', 'overpayments') }}) as overpayments
    where type in ('RECEIVE-OVERPAYMENT', 'AROVERPAYMENT') and status <> 'DELETED'

    union all

    select
        prepayment_id as document_id,
        'prepayment' as kind,
        {{ columns }}
    from ({{ raw_latest('xero', 'prepayments') }}) as prepayments
    where type in ('RECEIVE-PREPAYMENT', 'ARPREPAYMENT') and status <> 'DELETED'
)

select * from renamed
