-- One row per revenue posting and the posting that takes it back, in part or whole.
{% set columns = [
    'job_key', 'product_key', 'currency', 'journal_key', 'reversed_key', 'document_key', 'invoice_key', 'corrected_key', 'any_journal_key',
    'any_reversed_key',
] %}
with items as (
    select
        items.*,
        items.source_system || '|' || items.journal_id || '|' || items.currency as journal_key,
        items.source_system || '|' || items.reverses_journal_id || '|' || items.currency as reversed_key,
        items.source_system || '|' || items.document_line_id || '|' || items.currency as document_key,
        case when items.document_type = 'invoice' then items.source_system || '|' || items.document_id || '|' || items.currency end as invoice_key,
        case
            when items.document_type = 'credit_note' and documents.status <> 'voided'
                then items.source_system || '|' || documents.corrects_invoice_id || '|' || items.currency
        end as corrected_key,
        items.source_system || '|' || items.journal_id as any_journal_key,
        items.source_system || '|' || items.reverses_journal_id as any_reversed_key
    from {{ ref('int_recognition_items') }} as items
    left join {{ ref('cnf_invoices') }} as documents
        on items.source_system = documents.source_system and items.document_id = documents.invoice_id
    where items.document_amount <> 0 and items.is_unrated is not true
),

negatives as (
    select * from items
    where document_amount < 0
),

concerned as (
    select item_key from negatives
    union
    select item_key from items where any_journal_key in (select any_reversed_key from negatives)
    union
    select item_key from items where any_reversed_key in (select any_journal_key from negatives)
    union
    select item_key from items where document_key in (select document_key from negatives)
    union
    select item_key from items where invoice_key in (select corrected_key from negatives)
    union
    select items.item_key
    from items
    where exists (
        select 1 from negatives
        where items.job_key = negatives.job_key
    )
),

items_0 as (
    select
        items.item_key, items.event_on, items.document_amount, items.reporting_amount, items.quantity, {{ 'items.' ~ columns | join(', items.') }}
    from items
    inner join concerned on items.item_key = concerned.item_key
),

-- A month end may be turned round in the base currency: what it names it takes back all the same.
{% set steps = [
    ('reversed_journal', ['journal_key', 'job_key', 'product_key'], 'reversed_key', 'document_amount'),
    ('reversed_journal', ['journal_key'], 'reversed_key', 'document_amount'),
    ('reversed_journal', ['any_journal_key'], 'any_reversed_key', 'reporting_amount'),
    ('same_document_line', ['document_key'], 'document_key', 'document_amount'),
    ('corrected_invoice', ['invoice_key', 'job_key', 'product_key'], 'corrected_key', 'document_amount'),
    ('corrected_invoice', ['invoice_key'], 'corrected_key', 'document_amount'),
] %}
{% for rule, on, named_by, measure in steps %}
    positives_{{ loop.index }} as (
        select item_key, event_on, document_amount, reporting_amount, quantity, {{ on | join(', ') }} from items_{{ loop.index0 }}
        where document_amount > 0
    ),

    negatives_{{ loop.index }} as (
        select
            item_key, event_on, -document_amount as document_amount, -reporting_amount as reporting_amount, quantity,
            {{ 'job_key, product_key, ' if on | length > 1 }}{{ named_by }} as {{ on[0] }}
        from items_{{ loop.index0 }}
        where document_amount < 0
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

-- Month ends are often posted by job alone.
by_job as (
    {{ take_back_latest('same_job', 'left_by_product', on=['job_key', 'currency']) }}
),

left_by_job as (
    {{ less_taken('left_by_product', 'by_job', columns) }}
),

-- A deferral in the base currency finds nothing of a document in another; what turns it round names it.
turning as (
    select item_key, event_on, document_amount, reporting_amount, quantity, any_reversed_key as any_journal_key from left_by_job
    where document_amount > 0
),

turned as (
    select item_key, event_on, -document_amount as document_amount, -reporting_amount as reporting_amount, quantity, any_journal_key from left_by_job
    where document_amount < 0
),

turned_round as (
    {{ pair_off('reversed_journal', 'turning', 'turned', on=['any_journal_key'], measure='reporting_amount', latest_first=true) }}
),

left_by_turning as (
    {{ less_taken('left_by_job', 'turned_round', columns) }}
),

-- Month ends of bills in another currency are often posted in the base currency without a word: the worth is measured then, and the
-- amounts follow it.
worths as (
    select
        item_key, event_on, reporting_amount as document_amount, document_amount as reporting_amount, quantity, {{ columns | join(', ') }}
    from left_by_turning
),

worths_by_product as (
    {{ take_back_latest('same_job_and_product', 'worths', on=['job_key', 'product_key']) }}
),

left_worths as (
    {{ less_taken('worths', 'worths_by_product', columns) }}
),

worths_by_job as (
    {{ take_back_latest('same_job', 'left_worths', on=['job_key']) }}
),

worths_taken as (
    select * from worths_by_product
    union all
    select * from worths_by_job
),

in_any_currency as (
    select
        match_rule,
        from_item_key,
        from_reporting_amount as from_document_amount,
        from_document_amount as from_reporting_amount,
        from_quantity,
        to_item_key,
        to_reporting_amount as to_document_amount,
        to_document_amount as to_reporting_amount,
        to_quantity
    from worths_taken
),

{{ netted(['step_1', 'step_2', 'step_3', 'step_4', 'step_5', 'step_6', 'by_product', 'by_job', 'turned_round', 'in_any_currency']) }}

select
    netted.*,
    {{ posting_correction('negatives') }} as reason
from netted
inner join negatives on netted.negative_key = negatives.item_key
