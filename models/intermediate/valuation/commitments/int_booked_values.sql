-- One row per booking of a deal: each line of a win, or the deal's amount where it has none; and once more, negative, where the win was taken back.
with wins as (
    select * from {{ ref('int_deal_wins') }}
),

lines as (
    select * from {{ ref('int_deal_line_values') }}
),

sold as (
    select
        wins.*,
        lines.deal_line_id,
        lines.product_id,
        lines.quantity,
        lines.unit,
        case when lines.deal_line_id is null then wins.amount else lines.net_amount end as document_amount,
        coalesce(lines.load_id, wins.load_id) as record_load_id,
        coalesce(lines.amount_rule, 'deal_amount')
        || case when coalesce(lines.is_known_on_day, wins.is_known_on_day) then '_frozen' else '_first_landed' end as rule
    from wins
    left join lines
        on wins.source_system = lines.source_system and wins.deal_id = lines.deal_id and wins.win_number = lines.win_number
),

turns as (
    select
        *,
        'won' as turn,
        won_on as event_on,
        1 as sign,
        rule as valuation_rule,
        record_load_id as turn_load_id
    from sold
    union all
    select
        *,
        'un-won' as turn,
        unwon_on as event_on,
        -1 as sign,
        'un_won' as valuation_rule,
        unwon_load_id as turn_load_id
    from sold
    where unwon_on is not null
),

final as (
    select
        {{ make_key(["'booked'", 'turns.source_system', 'turns.deal_id', 'turns.deal_line_id', 'turns.win_number', 'turns.turn']) }} as event_key,
        'booked' as stage,
        {{ make_key(['turns.source_system', 'turns.deal_id']) }} as deal_key,
        coalesce(terms.contract_key, 'unknown') as contract_key,
        coalesce(xref_job.job_key, 'unknown') as job_key,
        'unknown' as work_order_key,
        coalesce(xref_product.product_key, 'unknown') as product_key,
        coalesce(xref_customer.customer_key, 'unknown') as customer_key,
        'unknown' as person_key,
        turns.event_on,
        turns.event_on as rate_on,
        turns.sign * turns.quantity as quantity,
        turns.unit,
        turns.currency,
        turns.sign * turns.document_amount as document_amount,
        0 as tax_amount,
        cast(null as decimal(28, 12)) as document_rate,
        turns.valuation_rule,
        coalesce(xref_job.match_rule, 'no_job') as job_match_rule,
        case when turns.document_amount is null then 'no_amount' end as left_out_reason,
        turns.deal_id,
        turns.deal_line_id,
        turns.win_number,
        turns.source_system,
        case when turns.deal_line_id is null then 'deals' else 'deal_lines' end as source_entity,
        coalesce(turns.deal_line_id, turns.deal_id) as source_id,
        turns.turn_load_id as load_id
    from turns
    left join {{ ref('int_record_job_links') }} as xref_job
        on
            turns.source_system = xref_job.source_system
            and coalesce(turns.deal_line_id, turns.deal_id) = xref_job.source_id
            and xref_job.source_entity = case when turns.deal_line_id is null then 'deals' else 'deal_lines' end
    left join {{ ref('int_job_terms') }} as terms on xref_job.job_key = terms.job_key
    left join {{ ref('xref_customer') }} as xref_customer
        on
            turns.source_system = xref_customer.source_system
            and turns.customer_id = xref_customer.source_id
    left join {{ ref('xref_product') }} as xref_product
        on
            turns.source_system = xref_product.source_system
            and turns.product_id = xref_product.source_id
            and xref_product.source_entity <> 'product_codes'
)

select * from final
