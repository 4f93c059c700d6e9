{{ config(tags=['law'], severity='error') }}
-- What this is: everything that was landed either counts or is left out for a named cause.
-- When it fails: a model dropped or doubled records on the way from the conformed entity to its value.
-- How to resolve: compare the entity's rows with its valuation model's; every record must be there once, with or without left_out_reason.
-- A quantity has six decimals, and a sum beside amounts in cents keeps no more than they have: all are as wide.
with landed as (
    -- A line without an amount of its own is worth its price or its share; another law holds the shares against the deal.
    select
        lines.source_system,
        'deal_lines' as source_entity,
        count(*) as record_count,
        cast(sum(coalesce(lines.net_amount, worths.net_amount)) as decimal(38, 6)) as amount
    from {{ ref('cnf_deal_lines') }} as lines
    left join {{ ref('int_deal_line_values') }} as worths
        on lines.source_system = worths.source_system and lines.deal_line_id = worths.deal_line_id and worths.win_number = 0
    group by lines.source_system
    union all
    select source_system, 'change_orders', count(*), cast(sum(amount_delta) as decimal(38, 6))
    from {{ ref('cnf_change_orders') }}
    group by source_system
    union all
    select source_system, 'deliveries', count(*), sum(quantity) from {{ ref('cnf_deliveries') }} group by source_system
    union all
    select source_system, 'invoice_lines', count(*), cast(sum(coalesce(signed_net_amount, net_amount)) as decimal(38, 6))
    from {{ ref('cnf_invoice_lines') }}
    group by source_system
    union all
    select source_system, 'payments', count(*), cast(sum(amount) as decimal(38, 6)) from {{ ref('cnf_payments') }} group by source_system
    union all
    select source_system, 'costs', count(*), cast(sum(amount) as decimal(38, 6)) from {{ ref('cnf_costs') }} group by source_system
    union all
    select source_system, 'pay_items', count(*), cast(sum(amount) as decimal(38, 6)) from {{ ref('cnf_pay_items') }} group by source_system
    union all
    select lines.source_system, 'journal_lines', count(*), cast(-sum(lines.amount) as decimal(38, 6))
    from {{ ref('cnf_journal_lines') }} as lines
    inner join {{ ref('cnf_accounts') }} as accounts
        on lines.source_system = accounts.source_system and lines.account_code = accounts.account_code
    where accounts.account_role = 'revenue'
    group by lines.source_system
),

explained as (
    select
        source_system,
        source_entity,
        sum(record_count) as record_count,
        sum(landed_amount) as landed_amount,
        sum(counted_amount) + sum(left_out_amount) as explained_amount
    from {{ ref('int_landed_by_cause') }}
    where cause <> 'quarantined' and source_entity <> 'deals'
    group by source_system, source_entity
)

select
    coalesce(landed.source_system, explained.source_system) as source_system,
    coalesce(landed.source_entity, explained.source_entity) as source_entity,
    landed.record_count as landed_count,
    explained.record_count as explained_count,
    landed.amount as landed_amount,
    explained.explained_amount
from landed
full outer join explained
    on landed.source_system = explained.source_system and landed.source_entity = explained.source_entity
where
    coalesce(landed.record_count, 0) <> coalesce(explained.record_count, 0)
    or coalesce(landed.amount, 0) <> coalesce(explained.landed_amount, 0)
    or coalesce(landed.amount, 0) <> coalesce(explained.explained_amount, 0)
