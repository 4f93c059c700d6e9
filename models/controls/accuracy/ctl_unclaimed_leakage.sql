-- One row per record, reason and side for which the bridge shows leakage: as much of it as no other control asks about.
{% set asking = [
    'won_deal_without_job', 'delivered_not_invoiced', 'work_order_not_invoiced', 'contract_period_not_billed', 'timesheet_paid_not_billed',
    'placement_not_invoiced', 'permanent_fee_not_invoiced', 'rebate_not_credited', 'change_order_not_billed', 'invoice_without_delivery',
    'cash_unapplied', 'charge_rate_variance', 'quantity_variance', 'invoiced_above_contract', 'currency_mismatch', 'duplicate_invoice',
    'delivery_billed_twice', 'recognised_above_delivered', 'receivable_overdue', 'short_paid', 'invoice_without_job', 'invoice_job_ambiguous',
] %}
{% set near = ['delivery', 'invoice_line', 'payment', 'invoice', 'work_order', 'contract_period'] %}
{% set wide = ['job', 'deal', 'contract'] %}
{% set passes, columns = [], ['gap', 'side'] %}
{% for kind in near + wide %}
    {% do columns.append(kind ~ '_link') %}
    {% do passes.append({'rule': kind, 'on': ['gap', 'side', kind ~ '_link'], 'measure': 'reporting_amount',
        'from': 'from' if kind in near else 'wider'}) %}
{% endfor %}
with links as (
    select * from {{ ref('control_bridge_links') }}
),

found as (
    {%- for control in asking %}
        select * from {{ ref('ctl_' ~ control) }} {{ 'union all' if not loop.last }}
    {%- endfor %}
),

sides as (
    select
        links.control_id,
        {%- for kind in near + wide if kind not in ['invoice_line', 'payment'] %}
            max(case when links.linked_by = '{{ kind }}' then 1 else 0 end) = 1 as by_{{ kind }},
        {%- endfor %}
        min(links.side) as side,
        coalesce(min(registered.bridge_gap), 'delivered_to_invoiced') as gap
    from links
    inner join {{ ref('int_control_rules') }} as registered on links.control_id = registered.control_id
    group by links.control_id
),

-- An exception holds as much as it is worth, on its own side, of what it is about.
exceptions as (
    select
        found.exception_key as item_key,
        cast(found.occurred_on as {{ dbt.type_string() }}) as event_on,
        sides.gap,
        case
            when sides.side <> 'by_amount' then sides.side
            when found.expected_amount >= found.actual_amount then 'short'
            else 'over'
        end as side,
        {%- for kind in ['delivery', 'invoice', 'work_order', 'job', 'deal', 'contract'] %}
            case when sides.by_{{ kind }} then nullif(found.{{ kind }}_key, 'unknown') end as {{ kind }}_link,
        {%- endfor %}
        case when found.entity = 'invoice_lines' then found.source_system || '|' || found.entity_id end as invoice_line_link,
        case when found.entity = 'payments' then found.source_system || '|' || found.entity_id end as payment_link,
        case when sides.by_contract_period then found.contract_key || '|' || found.period_starts_on end as contract_period_link,
        cast(null as decimal(18, 2)) as document_amount,
        cast(null as decimal(38, 6)) as quantity,
        found.value_at_risk_amount as reporting_amount
    from found
    inner join sides on found.control_id = sides.control_id
),

billing_periods as (
    select event_key, contract_key || '|' || billing_starts_on as contract_period
    from {{ ref('int_delivery_billing') }}
    where period_key is not null
),

leakage as (
    select * from {{ ref('int_open_leakage') }}
),

pieces as (
    select
        leakage.bridge_item_key as item_key,
        cast(leakage.arose_on as {{ dbt.type_string() }}) as event_on,
        leakage.gap,
        leakage.side,
        leakage.delivery_key as delivery_link,
        leakage.document_link as invoice_line_link,
        leakage.document_link as payment_link,
        leakage.invoice_key as invoice_link,
        billing_periods.contract_period as contract_period_link,
        {%- for kind in ['work_order', 'job', 'deal', 'contract'] %}
            nullif(leakage.{{ kind }}_key, 'unknown') as {{ kind }}_link,
        {%- endfor %}
        cast(null as decimal(18, 2)) as document_amount,
        cast(null as decimal(38, 6)) as quantity,
        leakage.open_amount as reporting_amount
    from leakage
    left join billing_periods on leakage.from_event_key = billing_periods.event_key
),

-- One unbilled shift may trip several controls: what each is about itself it does not hold of other work of the job as well.
about as (
    {% for kind in near %}
        select exceptions.item_key, pieces.item_key as piece_key, pieces.reporting_amount
        from exceptions
        inner join pieces
            on exceptions.gap = pieces.gap and exceptions.side = pieces.side and exceptions.{{ kind }}_link = pieces.{{ kind }}_link
        {{ 'union' if not loop.last }}
    {% endfor %}
),

own as (
    select item_key, sum(reporting_amount) as own_amount from about
    group by item_key
),

wider as (
    select
        exceptions.item_key,
        exceptions.event_on,
        exceptions.gap,
        exceptions.side,
        {%- for kind in near + wide %}
            exceptions.{{ kind }}_link,
        {%- endfor %}
        exceptions.document_amount,
        exceptions.quantity,
        cast(exceptions.reporting_amount - coalesce(own.own_amount, 0) as decimal(18, 2)) as reporting_amount
    from exceptions
    left join own on exceptions.item_key = own.item_key
),

{{ match_in_passes('exceptions', 'pieces', passes, columns, evidence={'wider': columns}) }},

claimed as (
    select to_item_key as bridge_item_key, sum(to_reporting_amount) as amount
    from matched
    where match_rule <> 'unmatched'
    group by to_item_key
),

by_record as (
    select
        leakage.source_system,
        leakage.entity,
        leakage.entity_id,
        leakage.reason,
        leakage.side,
        min(leakage.arose_on) as occurred_on,
        {%- for key in ['job', 'contract', 'product', 'customer', 'delivery', 'invoice'] %}
            min(leakage.{{ key }}_key) as {{ key }}_key,
        {%- endfor %}
        min(leakage.how_to_act) as how_to_act,
        cast(sum(leakage.open_amount) as decimal(18, 2)) as all_amount,
        cast(sum(leakage.open_amount - coalesce(claimed.amount, 0)) as decimal(18, 2)) as left_amount
    from leakage
    left join claimed on leakage.bridge_item_key = claimed.bridge_item_key
    group by leakage.source_system, leakage.entity, leakage.entity_id, leakage.reason, leakage.side
),

rules as (
    {{ control_rules('unclaimed_leakage') }}
),

examined as (
    select
        by_record.*,
        by_record.reason || '|' || by_record.side as part,
        by_record.all_amount as examined_amount,
        '{{ var("reporting_currency") }}' as currency,
        case when by_record.side = 'short' then by_record.left_amount else cast(0 as decimal(18, 2)) end as expected_amount,
        case when by_record.side = 'short' then cast(0 as decimal(18, 2)) else by_record.left_amount end as actual_amount,
        by_record.left_amount as at_risk_amount,
        by_record.reason as cause,
        '{record}: ' || by_record.how_to_act as suggested_action,
        {{ above_tolerance('by_record.left_amount', 'by_record.all_amount') }} as is_exception
    from by_record
    inner join rules on {{ in_force('by_record.occurred_on') }}
),

final as (
    {{ control_rows('unclaimed_leakage', none,
        has=['part', 'job_key', 'contract_key', 'delivery_key', 'invoice_key', 'product_key', 'customer_key'],
        evidence=['reason', 'occurred_on', 'expected_amount', 'actual_amount', 'currency']) }}
)

select * from final
