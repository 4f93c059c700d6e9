-- One row per delivery that invoices name: two standing ones bill it, for more than was delivered.
-- A net that was typed over is not what a line charges.
with lines as (
    select
        *,
        coalesce({{ extended('quantity', 'unit_price') }} - coalesce(discount_amount, 0), net_amount) as charged_amount
    from {{ ref('int_live_invoice_lines') }}
),

rates as (
    select event_key, exchange_rate from {{ ref('fct_stage_events') }}
),

deliveries as (
    select
        {{ make_key(['terms.source_system', 'terms.delivery_id']) }} as delivery_key,
        terms.source_system,
        terms.delivery_id,
        terms.job_key,
        terms.product_key,
        terms.delivered_on,
        coalesce(delivered.document_amount, 0) as value_amount,
        -- What is worth nothing by itself is worth it in any currency.
        case when delivered.document_amount <> 0 then delivered.currency end as value_currency,
        rates.exchange_rate
    from {{ ref('int_delivery_terms') }} as terms
    inner join {{ ref('int_delivery_values') }} as delivered
        on terms.source_system = delivered.source_system and terms.delivery_id = delivered.delivery_id
    left join rates on delivered.event_key = rates.event_key
),

named as (
    select
        line_references.delivery_key,
        lines.*,
        rates.exchange_rate,
        row_number() over (
            partition by line_references.delivery_key
            order by
                lines.issued_on desc nulls last,
                lines.invoice_key desc nulls last,
                lines.invoice_line_id asc nulls last
        ) as position
    from {{ ref('int_line_references') }} as line_references
    inner join lines on line_references.source_system = lines.source_system and line_references.invoice_line_id = lines.invoice_line_id
    left join rates on line_references.event_key = rates.event_key
),

-- Bills and delivery of one currency are held against each other in it, others in the reporting currency, each at its own rate.
currencies as (
    select
        deliveries.delivery_key,
        case
            when min(named.currency) = max(named.currency) and max(named.currency) = coalesce(max(deliveries.value_currency), max(named.currency))
                then max(named.currency)
        end as one_currency
    from deliveries
    inner join named on deliveries.delivery_key = named.delivery_key
    group by deliveries.delivery_key
),

billing as (
    select
        named.*,
        currencies.one_currency,
        case
            when currencies.one_currency is not null then named.charged_amount
            else {{ converted('named.charged_amount', 'named.exchange_rate') }}
        end as compared_amount
    from named
    inner join currencies on named.delivery_key = currencies.delivery_key
),

-- Billed in parts is not billed twice: the parts, each of them rounded, are held against what the delivery is worth, or its largest bill.
billed as (
    select
        delivery_key,
        max(one_currency) as one_currency,
        count(distinct case when signed_net_amount > 0 then invoice_key end) as invoice_count,
        {{ sorted_list("invoice_number") }} as invoice_numbers,
        count(*) as line_count,
        max(issued_on) as last_issued_on,
        sum(case when signed_net_amount < 0 then -quantity else quantity end) as billed_quantity,
        cast(sum(cast(sign(signed_net_amount) as decimal(1, 0)) * compared_amount) as decimal(18, 2)) as billed_amount,
        max(case when signed_net_amount > 0 then compared_amount end) as largest_amount,
        min_by(invoice_key, position) as invoice_key
    from billing
    group by delivery_key
),

compared as (
    select
        billed.*,
        deliveries.source_system,
        deliveries.delivery_id,
        deliveries.job_key,
        deliveries.product_key,
        deliveries.delivered_on,
        coalesce(billed.one_currency, '{{ var("reporting_currency") }}') as currency,
        case
            when billed.one_currency is not null then deliveries.value_amount
            else coalesce({{ converted('deliveries.value_amount', 'deliveries.exchange_rate') }}, 0)
        end as value_amount
    from billed
    inner join deliveries on billed.delivery_key = deliveries.delivery_key
    where billed.largest_amount is not null
),

rules as (
    {{ control_rules('delivery_billed_twice') }}
),

-- The rates of several days move what is in several currencies a little.
examined as (
    select
        compared.delivery_id as entity_id,
        compared.source_system,
        compared.job_key,
        compared.delivery_key,
        compared.product_key,
        compared.invoice_key,
        compared.last_issued_on as occurred_on,
        compared.delivered_on,
        compared.invoice_numbers,
        compared.invoice_count,
        compared.billed_quantity,
        compared.currency,
        compared.billed_amount,
        compared.value_amount,
        cast(greatest(compared.value_amount, compared.largest_amount) as decimal(18, 2)) as expected_amount,
        compared.billed_amount as actual_amount,
        cast(compared.billed_amount - greatest(compared.value_amount, compared.largest_amount) as decimal(18, 2)) as at_risk_amount,
        compared.billed_amount as examined_amount,
        'on_two_invoices' as cause,
        'Delivery {record} is on ' || compared.invoice_numbers || ': credit one of them' as suggested_action,
        compared.invoice_count > 1
        and compared.billed_amount - greatest(compared.value_amount, compared.largest_amount) > greatest(
            rules.tolerance_amount, compared.line_count * 0.01,
            case when compared.one_currency is null then {{ percent_of('rules.tolerance_pct', 'compared.billed_amount') }} else 0 end
        ) as is_exception
    from compared
    inner join rules on {{ in_force('compared.last_issued_on') }}
),

final as (
    {{ control_rows('delivery_billed_twice', 'deliveries', has=['job_key', 'delivery_key', 'product_key', 'invoice_key'],
        evidence=['delivered_on', 'invoice_numbers', 'invoice_count', 'billed_quantity', 'billed_amount', 'value_amount', 'currency']) }}
)

select * from final
