-- One row per version of a deal of HubSpot, tombstones included.
with source as (
    {{ raw_versions('hubspot', 'deals') }}
),

deal_companies as (
    {{ raw_versions('hubspot', 'deal_companies') }}
),

contact_deals as (
    {{ raw_versions('hubspot', 'contact_deals') }}
),

deal_stages as (
    {{ raw_versions('hubspot', 'deal_stages') }}
),

account as (
    select
        coalesce(max(time_zone), 'UTC') as time_zone,
        max(base_currency) as base_currency
    from {{ ref('source_systems') }}
    where source_system = 'hubspot'
),

links as (
    select *
    from deal_companies
    qualify row_number() over (partition by _record_key order by _version desc nulls last) = 1
),

-- The deal's primary company, else the first one. An archived deal has lost its links: there the last ones count.
companies as (
    select
        deal_id,
        company_id
    from links
    qualify row_number() over (
        partition by deal_id
        order by
            _is_deleted nulls last,
            case when _is_deleted then _landed_at end desc nulls last,
            is_primary desc nulls last,
            length(company_id) nulls last,
            company_id nulls last
    ) = 1
),

contact_links as (
    select *
    from contact_deals
    qualify row_number() over (partition by _record_key order by _version desc nulls last) = 1
),

contact_companies as (
    {{ raw_latest('hubspot', 'contact_companies') }}
),

-- A deal without a company is its contact's: of the company where the contact works, else of the person.
contacts as (
    select
        contact_links.deal_id,
        coalesce(contact_companies.company_id, 'contact-' || contact_links.contact_id) as customer_id
    from contact_links
    left join contact_companies on contact_links.contact_id = contact_companies.contact_id
    qualify row_number() over (
        partition by contact_links.deal_id
        order by
            contact_links._is_deleted nulls last,
            case when contact_links._is_deleted then contact_links._landed_at end desc nulls last,
            length(contact_links.contact_id) nulls last,
            contact_links.contact_id nulls last,
            contact_companies.is_primary desc nulls last,
            length(contact_companies.company_id) nulls last,
            contact_companies.company_id nulls last
    ) = 1
),

-- A stage that was removed still says what it meant to the deals that are in it.
stages as (
    select
        *,
        is_closed and probability = 1 as is_won
    from deal_stages
    qualify row_number() over (partition by _record_key order by _version desc nulls last) = 1
),

staged as (
    select
        source.*,
        coalesce(companies.company_id, contacts.customer_id) as customer_id,
        coalesce(stages.stage_label, source.dealstage) as stage,
        coalesce(stages.is_closed, source.hs_is_closed = 'true') as is_closed,
        coalesce(stages.is_won, source.hs_is_closed_won = 'true') as is_won,
        coalesce({{ dbt.safe_cast('source.hs_deal_stage_probability', 'decimal(18, 6)') }}, stages.probability) as probability,
        coalesce({{ given('source.deal_currency_code') }}, account.base_currency) as currency,
        {{ local_day('source.created_at', 'account.time_zone') }} as created_on,
        {{ hubspot_day('source.proposal_sent_on', 'account.time_zone') }} as proposed_on,
        {{ hubspot_day('source.closedate', 'account.time_zone') }} as closes_on,
        {{ hubspot_day('source.hs_closed_won_date', 'account.time_zone') }} as closed_won_on,
        {{ hubspot_day('source.lost_on', 'account.time_zone') }} as closed_lost_on,
        {{ hubspot_day('source.service_starts_on', 'account.time_zone') }} as starts_on,
        {{ hubspot_day('source.service_ends_on', 'account.time_zone') }} as ends_on
    from source
    cross join account
    left join companies on source.id = companies.deal_id
    left join contacts on source.id = contacts.deal_id
    left join stages on source.pipeline = stages.pipeline_id and source.dealstage = stages.stage_id
),

renamed as (
    select
        id as deal_id,
        dealname as deal_name,
        customer_id,
        {{ given('hubspot_owner_id') }} as owner_id,
        stage,
        is_closed,
        is_won,
        {{ dbt.safe_cast('amount', 'decimal(18, 2)') }} as amount,
        currency,
        probability,
        created_on,
        proposed_on as proposal_sent_on,
        closes_on as expected_close_on,
        -- Accounts older than the property keep only the close date, which winning sets.
        coalesce(closed_won_on, case when is_won then closes_on end) as won_on,
        coalesce(closed_lost_on, case when is_closed and not is_won then closes_on end) as lost_on,
        starts_on as service_starts_on,
        ends_on as service_ends_on,
        required_skills,
        {{ given('hs_merged_object_ids') }} as merged_deal_ids,
        -- Archiving moves no time of change: it has one of its own.
        case when _is_deleted then archived_at else updated_at end as updated_at,
        'hubspot' as source_system,
        _load_id as load_id,
        _landed_at as landed_at,
        _is_deleted as is_deleted,
        _version as version_number
    from staged
)

select * from renamed
