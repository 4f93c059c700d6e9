-- What this is: on each day on which a deal is shared, the shares add up to 10,000 basis points.
-- When it fails: somebody is credited for more, or less, than was sold.
-- How to resolve: correct the seed attribution_splits: its shares, or the days on which they hold.
with days as (
    select source_system, deal_id, coalesce(valid_from, cast('1900-01-01' as date)) as day from {{ ref('attribution_splits') }}
)

select
    days.source_system,
    days.deal_id,
    days.day,
    sum(splits.share_bp) as share_bp
from (select distinct source_system, deal_id, day from days) as days
inner join {{ ref('attribution_splits') }} as splits
    on
        days.source_system = splits.source_system
        and days.deal_id = splits.deal_id
        and days.day >= coalesce(splits.valid_from, cast('1900-01-01' as date))
        and days.day <= coalesce(splits.valid_to, days.day)
group by days.source_system, days.deal_id, days.day
having sum(splits.share_bp) <> 10000
