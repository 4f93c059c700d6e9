-- One row per customer record, rule and value by which the rule would know it again in another record.
with records as (
    select * from {{ ref('int_customer_records') }}
),

decisions as (
    select * from {{ ref('int_identity_decisions') }}
    where entity = 'customer'
),

free_mail_domains as (
    select * from {{ ref('free_mail_domains') }}
),

crm_records as (
    select records.*
    from records
    -- A system that has deals is a CRM.
    where exists (select 1 from {{ ref('cnf_deals') }} as deals where records.source_system = deals.source_system)
),

mergers as (
    select * from {{ ref('int_customer_merges') }}
),

-- An id that was merged away still names the customer that took it in.
crm_ids as (
    select source_system, record_id, customer_id as crm_id from crm_records
    union
    select mergers.source_system, crm_records.record_id, mergers.customer_id
    from mergers
    inner join crm_records on mergers.source_system = crm_records.source_system and mergers.survivor_id = crm_records.customer_id
),

-- A record that carries the id of a CRM's record, in place of a register's number or among its numbers, names it. Ids
-- of five characters and less prove nothing.
carried as (
    select source_system, record_id, registration_code as code from records
    union
    select numbers.source_system, records.record_id, {{ cleaned_code('numbers.customer_number') }}
    from {{ ref('cnf_customer_numbers') }} as numbers
    inner join records on numbers.source_system = records.source_system and numbers.customer_id = records.customer_id
),

cross_references as (
    select
        carried.record_id,
        crm_ids.record_id as referenced_record_id
    from carried
    inner join crm_ids
        on carried.code = {{ cleaned_code('crm_ids.crm_id') }} and carried.source_system <> crm_ids.source_system
    where length(carried.code) > 5
),

valued as (
    select record_id, 'tax_number' as match_rule, tax_number as evidence_value, tax_country as country, false as is_loose
    from records
    where {{ is_plausible_number('tax_number') }}
    union all
    -- German register numbers are a court's own: they are compared inside one town.
    select
        record_id,
        'registration_number',
        trim(leading '0' from registration_code) || case when country = 'DE' then coalesce(' ' || city, '') else '' end,
        country,
        false
    from records
    where {{ is_plausible_number('registration_code') }}
    union all
    -- Where the tax office numbers companies as the register does, one number answers the other.
    select record_id, 'registration_number', trim(leading '0' from tax_number), tax_country, false
    from records
    where
        tax_country in ('AU', 'BE', 'BR', 'CA', 'CH', 'CO', 'CZ', 'DK', 'ES', 'FI', 'FR', 'NO', 'PT', 'SE')
        and {{ is_plausible_number('tax_number') }}
    union all
    select record_id, 'web_domain', domain, country, false
    from records
    where domain is not null and not exists (select 1 from free_mail_domains where records.domain = free_mail_domains.domain)
    union all
    select record_id, 'name_and_country', evidence_value, country, is_loose
    from {{ ref('int_customer_name_places') }}
),

-- A record without a country is taken to be where the others of that value are, if they are all in one country.
countries as (
    select
        match_rule,
        evidence_value,
        min(country) as country,
        count(distinct country) as country_count
    from valued
    group by match_rule, evidence_value
),

final as (
    select record_id, match_rule, evidence_value, false as is_loose
    from (
        select left_record_id as record_id, 'decision' as match_rule, pair_id as evidence_value from decisions where decision = 'same'
        union
        select right_record_id, 'decision', pair_id from decisions where decision = 'same'
        union
        select records.record_id, 'merged', mergers.source_system || '|' || mergers.survivor_id
        from mergers
        inner join records
            on mergers.source_system = records.source_system and mergers.customer_id = records.customer_id
        union
        select records.record_id, 'merged', mergers.source_system || '|' || mergers.survivor_id
        from mergers
        inner join records
            on mergers.source_system = records.source_system and mergers.survivor_id = records.customer_id
        union
        select record_id, 'cross_reference', referenced_record_id from cross_references
        union
        select referenced_record_id as record_id, 'cross_reference' as match_rule, referenced_record_id as evidence_value from cross_references
    ) as named
    union all
    select
        valued.record_id,
        valued.match_rule,
        coalesce(valued.country, countries.country, '') || ' ' || valued.evidence_value as evidence_value,
        -- No country on the record, and several that it could be (or several places of that name): it joins none, and
        -- is shown with the first.
        valued.is_loose or (valued.country is null and countries.country_count > 1) as is_loose
    from valued
    inner join countries on valued.match_rule = countries.match_rule and valued.evidence_value = countries.evidence_value
)

select * from final
