-- One row per quote of HubSpot that is on a deal.
with source as (
    {{ raw_latest('hubspot', 'quotes') }}
),

-- A quote is for one deal; of several the oldest.
links as (
    select quote_id, deal_id
    from ({{ raw_latest('hubspot', 'quote_deals') }}) as quote_deals
    qualify row_number() over (partition by quote_id order by length(deal_id) nulls last, deal_id nulls last) = 1
),

account as (
    select coalesce(max(time_zone), 'UTC') as time_zone from {{ ref('source_systems') }} where source_system = 'hubspot'
),

deals as (
    select deal_id, currency from {{ ref('stg_hubspot__deals') }}
),

-- A draft has been sent to nobody. All have signed on the day of the signature.
renamed as (
    select
        source.id as quote_id,
        links.deal_id,
        {{ given('source.hs_title') }} as version,
        lower({{ given('source.hs_status') }}) as status,
        case
            when upper({{ given('source.hs_status') }}) in ('APPROVED', 'APPROVAL_NOT_NEEDED')
                then {{ hubspot_day('source.hs_createdate', 'account.time_zone') }}
        end as sent_on,
        {{ hubspot_day('source.hs_esign_date', 'account.time_zone') }} as accepted_on,
        {{ hubspot_day('source.hs_expiration_date', 'account.time_zone') }} as valid_until_on,
        {{ dbt.safe_cast('source.hs_quote_amount', 'decimal(18, 2)') }} as amount,
        coalesce({{ given('source.hs_currency') }}, deals.currency) as currency,
        {{ given('source.hs_approver_id') }} as approved_by,
        source.updated_at,
        'hubspot' as source_system,
        source._load_id as load_id,
        source._landed_at as landed_at
    from source
    inner join links on source.id = links.quote_id
    inner join deals on links.deal_id = deals.deal_id
    cross join account
)

select * from renamed
