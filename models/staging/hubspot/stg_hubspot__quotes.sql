-- One row per quote of HubSpot that belongs to a deal and is not archived.
with source as (
    {{ raw_latest('hubspot', 'quotes') }}
),

-- A quote is made for one deal; where it was moved, the link that came last counts.
links as (
    select *
    from ({{ raw_latest('hubspot', 'quote_deals') }}) as quote_deals
    qualify row_number() over (partition by quote_id order by _landed_at desc nulls last, deal_id nulls last) = 1
),

deals as (
    select * from {{ ref('stg_hubspot__deals') }}
),

account as (
    select coalesce(max(time_zone), 'UTC') as time_zone from {{ ref('source_systems') }} where source_system = 'hubspot'
),

-- A quote is in the currency of its deal. HubSpot says that it was published, and not that a customer accepted it.
renamed as (
    select
        source.id as quote_id,
        links.deal_id,
        cast(null as {{ dbt.type_string() }}) as version,
        source.hs_status as status,
        case
            when source.hs_status in ('APPROVED', 'APPROVAL_NOT_NEEDED') then {{ local_day('source.created_at', 'account.time_zone') }}
        end as sent_on,
        cast(null as date) as accepted_on,
        {{ hubspot_day('source.hs_expiration_date', 'account.time_zone') }} as valid_until_on,
        {{ dbt.safe_cast('source.hs_quote_amount', 'decimal(18, 2)') }} as amount,
        deals.currency,
        cast(null as {{ dbt.type_string() }}) as approved_by,
        source.updated_at,
        'hubspot' as source_system,
        source._load_id as load_id,
        source._landed_at as landed_at
    from source
    inner join links on source.id = links.quote_id
    cross join account
    left join deals on links.deal_id = deals.deal_id
)

select * from renamed
