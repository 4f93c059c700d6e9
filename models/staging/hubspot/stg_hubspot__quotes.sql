-- One row per quote of HubSpot that is on a deal.
with source as (
    {{ raw_latest('hubspot', 'quotes') }}
),

-- A quote is for one deal; of several the oldest.
links as (
    select
        quote_id,
        deal_id
    from ({{ raw_latest('hubspot', 'quote_deals') }}) as quote_deals
    qualify row_number() over (partition by quote_id order by length(deal_id) nulls last, deal_id nulls last) = 1
),

deals as (
    select
        deal_id,
        currency
    from {{ ref('stg_hubspot__deals') }}
),

account as (
    select coalesce(max(time_zone), 'UTC') as time_zone from {{ ref('source_systems') }} where source_system = 'hubspot'
),

changes as (
    select
        history.quote_id,
        history.property,
        upper(history.value) as value,
        {{ local_day('history.changed_at', 'account.time_zone') }} as changed_on
    from ({{ raw_latest('hubspot', 'quote_history') }}) as history
    cross join account
),

-- The first time that each was said.
said as (
    select
        quote_id,
        min(case when value = 'ACCEPTED' then changed_on end) as accepted_on,
        min(case when property = 'hs_manually_signed' and value = 'TRUE' then changed_on end) as signed_by_hand_on
    from changes
    group by quote_id
),

-- What approvers think of a quote (hs_status) publishes it; accounts that tell its own status beside that (hs_quote_status) know better.
stated as (
    select
        source.*,
        links.deal_id,
        deals.currency as deal_currency,
        upper({{ given('source.hs_status') }}) as approval,
        coalesce(upper({{ given('source.hs_quote_status') }}), upper({{ given('source.hs_status') }})) as stated_status
    from source
    inner join links on source.id = links.quote_id
    inner join deals on links.deal_id = deals.deal_id
),

-- A quote is accepted by a signature that is complete, by hand, at a click, or by paying it, on the first of these days; one that is a draft
-- (again), void or in approval binds nobody, whatever was signed before.
dated as (
    select
        stated.*,
        stated.stated_status in ('APPROVED', 'APPROVAL_NOT_NEEDED', 'PUBLISHED', 'ACCEPTED', 'EXPIRED') as is_published,
        {{ local_day('stated.created_at', 'account.time_zone') }} as made_on,
        {{ hubspot_day('stated.hs_expiration_date', 'account.time_zone') }} as expires_on,
        least(
            {{ hubspot_day('stated.hs_accepted_date', 'account.time_zone') }},
            case
                when coalesce(upper({{ given('stated.hs_sign_status') }}), 'ESIGN_COMPLETED') = 'ESIGN_COMPLETED'
                    then {{ hubspot_day('stated.hs_esign_date', 'account.time_zone') }}
            end,
            {{ hubspot_day('stated.hs_payment_date', 'account.time_zone') }},
            said.accepted_on,
            case when stated.hs_manually_signed = 'true' then said.signed_by_hand_on end
        ) as said_on,
        -- That it was accepted is known, and the day is not: at the latest when it last changed.
        case
            when stated.stated_status = 'ACCEPTED' or stated.approval = 'ACCEPTED' or stated.hs_manually_signed = 'true'
                then {{ local_day('stated.updated_at', 'account.time_zone') }}
        end as known_on
    from stated
    cross join account
    left join said on stated.id = said.quote_id
),

accepted as (
    select
        *,
        case when is_published then coalesce(said_on, known_on) end as accepted_on
    from dated
),

-- A quote that was called back and published again is what was published last, before it was accepted.
published as (
    select
        accepted.id,
        max(changes.changed_on) as published_on
    from accepted
    inner join changes on accepted.id = changes.quote_id
    where
        changes.changed_on <= coalesce(accepted.accepted_on, changes.changed_on)
        and (
            (changes.property = 'hs_status' and changes.value in ('APPROVED', 'APPROVAL_NOT_NEEDED'))
            or (changes.property = 'hs_quote_status' and changes.value = 'PUBLISHED')
        )
    group by accepted.id
),

renamed as (
    select
        accepted.id as quote_id,
        accepted.deal_id,
        {{ given('accepted.hs_quote_number') }} as version,
        coalesce({{ given('accepted.hs_quote_status') }}, {{ given('accepted.hs_status') }}) as status,
        -- Without its history a quote was published on the day it was made.
        case when accepted.is_published then least(coalesce(published.published_on, accepted.made_on), accepted.accepted_on) end as sent_on,
        accepted.accepted_on,
        accepted.expires_on as valid_until_on,
        {{ dbt.safe_cast('accepted.hs_quote_amount', 'decimal(18, 2)') }} as amount,
        coalesce({{ given('accepted.hs_currency') }}, accepted.deal_currency) as currency,
        case when accepted.approval in ('APPROVED', 'ACCEPTED') then {{ given('accepted.hs_approver_id') }} end as approved_by,
        accepted.updated_at,
        'hubspot' as source_system,
        accepted._load_id as load_id,
        accepted._landed_at as landed_at
    from accepted
    left join published on accepted.id = published.id
)

select * from renamed
