-- One row per customer record and cannot-link constraint: inside one constraint_scope, different values are different
-- customers.
with records as (
    select * from {{ ref('int_customer_records') }}
),

names as (
    select * from {{ ref('int_customer_names') }}
),

decisions as (
    select * from {{ ref('int_identity_decisions') }}
    where entity = 'customer' and decision = 'different'
),

words as (
    select * from {{ ref('int_customer_words') }}
    where is_main
),

name_keys as (
    select record_id, {{ joined_in_order('word', "' '", ['word']) }} as name_key from words
    group by record_id
),

roles as (
    select record_id, {{ sorted_set('word') }} as words from words
    where kind in ('role', 'attached')
    group by record_id
),

sites as (
    select record_id, min(site) as site from names
    where site is not null
    group by record_id
),

domains as (
    select records.record_id, {{ domain_label('records.domain') }} as domain_label
    from records
    left join {{ ref('free_mail_domains') }} as free_mail_domains on records.domain = free_mail_domains.domain
    where free_mail_domains.domain is null
),

parents as (
    select
        child.record_id as child_id,
        parent.record_id as parent_id
    from records as child
    inner join records as parent
        on child.source_system = parent.source_system and child.parent_customer_id = parent.customer_id
    where child.record_id <> parent.record_id
),

tax_numbers as (
    select *
    from records
    where {{ is_plausible_number('tax_number') }}
),

registrations as (
    select *, trim(leading '0' from registration_code) as registration_number
    from records
    where {{ is_plausible_number('registration_code') }}
),

final as (
    -- A person said that these two are different.
    select
        left_record_id as record_id,
        'decided_different' as constraint_kind,
        pair_id as constraint_scope,
        left_record_id as constraint_value
    from decisions
    union
    select right_record_id as record_id, 'decided_different', pair_id, right_record_id from decisions
    union
    -- The system itself says that one belongs to the other.
    select child_id as record_id, 'parent', child_id || ' < ' || parent_id, child_id from parents
    union
    select parent_id as record_id, 'parent', child_id || ' < ' || parent_id, parent_id from parents
    union
    -- Nor does one company belong to two others.
    select child_id, 'parent_in_system', 'parent in ' || split_part(child_id, '|', 1), parent_id from parents
    union
    -- One system that holds two numbers means two customers; across systems a number may be mistyped.
    select record_id, 'tax_number_in_system', 'tax_number ' || source_system, tax_number from tax_numbers
    union
    select record_id, 'registration_in_system', 'registration ' || source_system, registration_number from registrations
    union
    -- Weak rules (domain, name) don't overrule numbers that differ, in whatever system.
    select record_id, 'tax_number_in_country', 'tax_number ' || coalesce(tax_country, ''), tax_number from tax_numbers
    union
    select record_id, 'registration_in_country', 'registration ' || coalesce(country, ''), registration_number from registrations
    union
    -- A holding and its service company may share a number, as a VAT group does.
    select record_id, 'role', 'role', {{ joined_list('words', "' '") }} from roles
    union
    -- A GmbH and the GmbH & Co. KG that it runs share name and door.
    select record_id, 'legal_form', 'legal form', legal_form from names where legal_form is not null
    union
    -- What one company keeps as two sites, it may keep as two customers.
    select record_id, 'site', 'site', site from sites
    union
    -- Two companies of one name have two domains.
    select record_id, 'domain', 'domain', domain_label from domains where domain_label is not null
    union
    -- A domain says who it is only to those who go by one name.
    select record_id, 'name', 'name', name_key from name_keys
)

select * from final
