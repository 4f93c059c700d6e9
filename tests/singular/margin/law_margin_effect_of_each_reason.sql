{{ config(tags=['law'], severity='error') }}
-- What this is: each reason of the first two gaps has exactly one effect on margin, and no other reason has one.
-- When it fails: a reason was added or moved, and nobody said what it does to the margin.
-- How to resolve: fill in margin_effect in the seed bridge_reasons.
select reason, gaps, margin_effect
from {{ ref('bridge_reasons') }}
where
    (margin_effect is null and (gaps like '%booked_to_contracted%' or gaps like '%contracted_to_delivered%'))
    or (margin_effect is not null and gaps not like '%booked_to_contracted%' and gaps not like '%contracted_to_delivered%')
    or (margin_effect = 'none' and reason <> 'settled')
