{{ config(tags=['law'], severity='error') }}
-- What this is: a deal with a line that took a share of its amount is worth its amount, no more and no less, each time it was won and as it stands.
-- When it fails: a deal's amount was repeated on its lines, or a cent was lost on the way.
-- How to resolve: compare the lines of the deal in int_deal_line_values with the deal's amount on the day it was won.
with worths as (
    select
        source_system,
        deal_id,
        win_number,
        sum(net_amount) as lines_amount
    from {{ ref('int_deal_line_values') }}
    group by source_system, deal_id, win_number
    having
        max(case when amount_rule in ('deal_amount_by_list', 'deal_amount_shared') then 1 else 0 end) = 1
        and max(case when is_nothing_left then 1 else 0 end) = 0
),

amounts as (
    select source_system, deal_id, win_number, amount from {{ ref('int_deal_wins') }}
    union all
    select source_system, deal_id, 0, amount from {{ ref('cnf_deals') }}
)

select
    worths.source_system,
    worths.deal_id,
    worths.win_number,
    worths.lines_amount,
    amounts.amount
from worths
inner join amounts
    on worths.source_system = amounts.source_system and worths.deal_id = amounts.deal_id and worths.win_number = amounts.win_number
where worths.lines_amount <> amounts.amount
