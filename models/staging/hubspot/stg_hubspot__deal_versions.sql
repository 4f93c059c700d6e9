-- One row per version of a deal of HubSpot, tombstones included, and per day before the first of them on which it changed.
{% set standing = [
    'id', 'dealname', 'deal_currency_code', 'created_at', 'proposal_sent_on', 'service_starts_on', 'service_ends_on', 'required_skills',
    'hs_merged_object_ids', '_load_id', '_landed_at',
] %}
{% set kept = ['amount', 'dealstage', 'pipeline', 'closedate', 'hubspot_owner_id'] %}
{% set stated = ['hs_closed_won_date', 'lost_on', 'hs_is_closed', 'hs_is_closed_won', 'hs_deal_stage_probability'] %}
with source as (
    {{ raw_versions('hubspot', 'deals') }}
),

deal_history as (
    {{ raw_latest('hubspot', 'deal_history') }}
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

arrived as (
    select
        *,
        -- Archiving moves no time of change: it has one of its own.
        case when _is_deleted then archived_at else updated_at end as known_at
    from source
),

firsts as (
    select * from arrived
    qualify row_number() over (partition by id order by _version nulls last) = 1
),

changes as (
    select
        firsts.id,
        history.property,
        history.changed_at,
        {{ local_day('history.changed_at', 'account.time_zone') }} as changed_on,
        -- A value that was taken away is one, too.
        coalesce(history.value, '') as value
    from deal_history as history
    inner join firsts on history.deal_id = firsts.id
    cross join account
    where history.changed_at < firsts.known_at
),

-- What was so at the end of each day, as a landing that night would have found it: what one click changes comes in moments.
days as (
    select
        id,
        {% for name in kept %}
            {%- set value = "case when property = '" ~ name ~ "' then value end" %}
            {{ last_known(value, 'id', 'changed_at nulls last, property') }} as {{ name }},
        {% endfor %}
        changed_at
    from changes
    qualify row_number() over (partition by id, changed_on order by changed_at desc nulls last, property desc nulls last) = 1
),

-- What HubSpot keeps no history of is as it first arrived, but for what it says of the outcome.
versions as (
    select
        {{ (standing + kept + stated) | join(', ') }},
        known_at,
        _is_deleted,
        _version
    from arrived
    union all
    select
        firsts.{{ standing | join(', firsts.') }},
        days.amount,
        days.dealstage,
        coalesce(days.pipeline, firsts.pipeline) as pipeline,
        days.closedate,
        days.hubspot_owner_id,
        {% for name in stated %}cast(null as {{ dbt.type_string() }}) as {{ name }},
        {% endfor -%}
        days.changed_at as known_at,
        false as _is_deleted,
        row_number() over (partition by days.id order by days.changed_at nulls last) - count(*) over (partition by days.id) as _version
    from days
    inner join firsts on days.id = firsts.id
    where days.dealstage is not null
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
        versions.*,
        coalesce(companies.company_id, contacts.customer_id) as customer_id,
        coalesce(stages.stage_label, versions.dealstage) as stage,
        coalesce(stages.is_closed, versions.hs_is_closed = 'true') as is_closed,
        coalesce(stages.is_won, versions.hs_is_closed_won = 'true') as is_won,
        coalesce({{ dbt.safe_cast('versions.hs_deal_stage_probability', 'decimal(18, 6)') }}, stages.probability) as probability,
        coalesce({{ given('versions.deal_currency_code') }}, account.base_currency) as currency,
        {{ local_day('versions.created_at', 'account.time_zone') }} as created_on,
        {{ local_day('versions.known_at', 'account.time_zone') }} as known_on,
        {{ hubspot_day('versions.proposal_sent_on', 'account.time_zone') }} as proposed_on,
        {{ hubspot_day('versions.closedate', 'account.time_zone') }} as closes_on,
        {{ hubspot_day('versions.hs_closed_won_date', 'account.time_zone') }} as closed_won_on,
        {{ hubspot_day('versions.lost_on', 'account.time_zone') }} as closed_lost_on,
        {{ hubspot_day('versions.service_starts_on', 'account.time_zone') }} as starts_on,
        {{ hubspot_day('versions.service_ends_on', 'account.time_zone') }} as ends_on
    from versions
    cross join account
    left join companies on versions.id = companies.deal_id
    left join contacts on versions.id = contacts.deal_id
    left join stages on versions.pipeline = stages.pipeline_id and versions.dealstage = stages.stage_id
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
        case when _version > 0 or proposed_on <= known_on then proposed_on end as proposal_sent_on,
        closes_on as expected_close_on,
        -- Accounts older than the property keep only the close date, which winning sets.
        coalesce(closed_won_on, case when is_won then closes_on end) as won_on,
        coalesce(closed_lost_on, case when is_closed and not is_won then closes_on end) as lost_on,
        starts_on as service_starts_on,
        ends_on as service_ends_on,
        required_skills,
        {{ given('hs_merged_object_ids') }} as merged_deal_ids,
        known_at as updated_at,
        'hubspot' as source_system,
        _load_id as load_id,
        _landed_at as landed_at,
        _is_deleted as is_deleted,
        cast(_version as integer) as version_number
    from staged
)

select * from renamed
