-- One row per billed line and the void, credit or negative line that takes it back, in part or whole.
{% set columns = [
    'job_key', 'product_key', 'currency', 'line_key', 'invoice_key', 'corrected_key', 'any_invoice_key', 'any_corrected_key', 'period_key', 'stage', 'is_void',
    'credit_reason',
] %}
with items as (
    select
        *,
        source_system || '|' || invoice_line_id || '|' || currency as line_key,
        source_system || '|' || invoice_id || '|' || currency as invoice_key,
        source_system || '|' || corrects_invoice_id || '|' || currency as corrected_key,
        source_system || '|' || invoice_id as any_invoice_key,
        source_system || '|' || corrects_invoice_id as any_corrected_key,
        job_key || '|' || product_key || '|' || currency || '|' || period_starts_on || '|' || period_ends_on as period_key
    from {{ ref('int_billing_items') }}
    where document_amount <> 0 and is_unrated is not true
),

-- Only what a negative may take back is looked at, so that all of this costs as much as there are corrections.
negatives as (
    select * from items
    where document_amount < 0
),

concerned as (
    select item_key from negatives
    union
    select item_key from items where line_key in (select voids.line_key from items as voids where voids.is_void)
    union
    select item_key from items where any_invoice_key in (select any_corrected_key from negatives)
    union
    select item_key from items where invoice_key in (select invoice_key from negatives where stage = 'invoiced' and not is_void)
    union
    select items.item_key
    from items
    where exists (
        select 1 from negatives
        where items.job_key = negatives.job_key and items.currency = negatives.currency
    )
),

items_0 as (
    select
        items.item_key, items.event_on, items.document_amount, items.reporting_amount, items.quantity, {{ 'items.' ~ columns | join(', items.') }}
    from items
    inner join concerned on items.item_key = concerned.item_key
),

-- Who names what it takes back may be entered in another currency: then the two meet by their worth.
{% set steps = [
    ('same_line', ['line_key'], 'line_key', 'line_key in (select line_key from items where is_void)', 'document_amount'),
    ('corrected_invoice', ['invoice_key', 'product_key'], 'corrected_key', "stage = 'credited' and not is_void", 'document_amount'),
    ('corrected_invoice', ['invoice_key'], 'corrected_key', "stage = 'credited' and not is_void", 'document_amount'),
    ('corrected_invoice', ['any_invoice_key'], 'any_corrected_key', "stage = 'credited' and not is_void", 'reporting_amount'),
    ('same_period', ['period_key'], 'period_key', "not is_void", 'document_amount'),
    (
        'same_invoice', ['invoice_key'], 'invoice_key', "stage = 'invoiced' and not is_void and coalesce(credit_reason, 'none') <> 'return'",
        'document_amount',
    ),
] %}
{% for rule, on, named_by, which, measure in steps %}
    positives_{{ loop.index }} as (
        select item_key, event_on, document_amount, reporting_amount, quantity, {{ on | join(', ') }} from items_{{ loop.index0 }}
        where document_amount > 0
    ),

    negatives_{{ loop.index }} as (
        select
            item_key, event_on, -document_amount as document_amount, -reporting_amount as reporting_amount, cast(null as decimal(38, 6)) as quantity,
            {{ 'product_key, ' if 'product_key' in on }}{{ named_by }} as {{ on[0] }}
        from items_{{ loop.index0 }}
        where document_amount < 0 and {{ which }}
    ),

    step_{{ loop.index }} as (
        {{ pair_off(rule, 'positives_' ~ loop.index, 'negatives_' ~ loop.index, on=on, measure=measure, latest_first=true) }}
    ),

    items_{{ loop.index }} as (
        {{ less_taken('items_' ~ loop.index0, 'step_' ~ loop.index, columns) }}
    ),
{% endfor %}

by_product as (
    {{ take_back_latest('same_job_and_product', 'items_6', on=['job_key', 'product_key', 'currency']) }}
),

left_by_product as (
    {{ less_taken('items_6', 'by_product', columns) }}
),

-- Credits often say what came back in words alone, or by a code of their own.
by_job as (
    {{ take_back_latest('same_job', 'left_by_product', on=['job_key', 'currency']) }}
),

{{ netted(['step_1', 'step_2', 'step_3', 'step_4', 'step_5', 'step_6', 'by_product', 'by_job']) }}

select
    netted.*,
    case when netted.match_rule = 'same_line' then 'voided' else {{ billing_correction('negatives') }} end as reason
from netted
inner join negatives on netted.negative_key = negatives.item_key
