-- One row per kind of work that an alike invoice bills (a delivery, a work order, a product's period, a product's or job's work) and event of it:
-- deliveries, other bills, and the alike invoices' own lines, with the work that is not billed up to there.
with settings as (
    select * from {{ ref('int_matching_policy') }}
),

suspects as (
    select * from {{ ref('int_alike_invoices') }}
),

deliveries as (
    select * from {{ ref('int_delivery_work') }}
    -- What came back was delivered and billed; time that was corrected was never worked.
    where job_key is not null and (document_amount > 0 or is_time_corrected)
),

named as (
    select * from {{ ref('int_named_deliveries') }}
),

-- What a line bills, as far as it says so: a delivery, a work order, the period of a product, else any work of its job and product.
lines as (
    select
        valued.event_key as item_key,
        valued.source_system,
        valued.invoice_id,
        valued.event_on,
        valued.currency,
        nullif(valued.job_key, 'unknown') as job_key,
        valued.product_key,
        valued.document_amount,
        case when valued.period_ends_on >= valued.period_starts_on then valued.period_starts_on end as period_starts_on,
        valued.period_ends_on,
        nullif(valued.work_order_key, 'unknown') as work_order_key,
        valued.delivery_id,
        named.delivery_key,
        suspects.invoice_id is not null and valued.document_amount > 0 as is_suspect
    from {{ ref('int_invoice_values') }} as valued
    inner join {{ ref('cnf_invoices') }} as invoices
        on valued.source_system = invoices.source_system and valued.invoice_id = invoices.invoice_id
    left join named on valued.event_key = named.item_key
    left join suspects on valued.source_system = suspects.source_system and valued.invoice_id = suspects.invoice_id
    where
        valued.stage in ('invoiced', 'credited') and valued.left_out_reason is null
        and valued.event_on <= {{ as_of() }} and valued.document_amount <> 0
        -- Nor is work unbilled again that was credited for its price, out of goodwill or on return.
        and coalesce(invoices.credit_reason, 'other') in ('quantity', 'duplicate', 'cancellation', 'other')
),

asked as (
    select
        *,
        coalesce(
            'delivery|' || delivery_key,
            'work_order|' || work_order_key,
            'period|' || job_key || product_key || currency || period_starts_on || '|' || period_ends_on,
            case when product_key = 'unknown' then 'job|' || job_key || currency else 'product|' || job_key || product_key || currency end
        ) as scope_key
    from lines
    -- Who names a delivery that is not there bills no other.
    where is_suspect and (delivery_id is null or delivery_key is not null)
),

scopes as (
    select distinct
        scope_key,
        delivery_key,
        work_order_key,
        job_key,
        product_key,
        currency,
        period_starts_on,
        period_ends_on
    from asked
    where scope_key is not null
),

-- What was delivered and billed of each such work. A bill may go out some days before the work is recorded.
work as (
    select
        scopes.scope_key,
        0 as kind,
        deliveries.item_key,
        {{ plus_days('deliveries.event_on', '-settings.duplicate_window_days') }} as day,
        deliveries.document_amount as amount
    from scopes
    inner join deliveries on scopes.job_key = deliveries.job_key and scopes.currency = deliveries.currency
    cross join settings
    where
        case
            when scopes.scope_key like 'delivery|%' then deliveries.item_key = scopes.delivery_key
            when scopes.scope_key like 'work_order|%' then deliveries.work_order_key = scopes.work_order_key
            when scopes.scope_key like 'job|%' then true
            else
                (scopes.product_key = 'unknown' or deliveries.product_key = scopes.product_key)
                and (scopes.scope_key like 'product|%' or deliveries.event_on between scopes.period_starts_on and scopes.period_ends_on)
        end
    union all
    select
        scopes.scope_key,
        case when lines.is_suspect then 2 else 1 end,
        lines.item_key,
        lines.event_on,
        case when lines.is_suspect then 0 else -lines.document_amount end
    from scopes
    inner join lines on scopes.job_key = lines.job_key and scopes.currency = lines.currency
    left join asked on lines.item_key = asked.item_key
    where
        case
            when lines.is_suspect then asked.scope_key = scopes.scope_key
            when scopes.scope_key like 'delivery|%' then lines.delivery_key = scopes.delivery_key
            when scopes.scope_key like 'work_order|%' then lines.work_order_key = scopes.work_order_key
            when scopes.scope_key like 'job|%' then true
            else
                (scopes.product_key = 'unknown' or lines.product_key = scopes.product_key)
                and (
                    scopes.scope_key like 'product|%'
                    or (lines.period_starts_on = scopes.period_starts_on and lines.period_ends_on = scopes.period_ends_on)
                )
        end
),

final as (
    select
        work.scope_key,
        work.item_key,
        asked.source_system,
        asked.invoice_id,
        work.day,
        work.kind,
        asked.document_amount,
        sum(work.amount) over (
            partition by work.scope_key
            order by work.day nulls last, work.kind nulls last, work.item_key nulls last
            rows between unbounded preceding and current row
        ) as balance
    from work
    left join asked on work.item_key = asked.item_key
)

select * from final
