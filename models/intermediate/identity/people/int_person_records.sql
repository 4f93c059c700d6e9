-- One row per person record, with what identifies it in the form in which it is compared; what stands there for nobody is no value.
with people as (
    select * from {{ ref('cnf_people') }}
),

systems as (
    select * from {{ ref('int_source_systems') }}
),

placeholders as (
    select * from {{ ref('person_placeholders') }}
),

cleaned as (
    select
        people.source_system || '|' || people.person_id as record_id,
        people.source_system,
        people.person_id,
        systems.legal_entity,
        {{ cleaned_name('people.full_name') }} as full_name,
        {{ extract_first("lower(trim(people.email))", "^([^@ ]+@[^@ ]+[.][^@ .]+)$") }} as email,
        {{ replace_all(cleaned_code('people.payroll_number'), "^0+", "") }} as payroll_number,
        -- Who speaks for a person: the CRM's record first.
        row_number() over (
            order by
                systems.is_crm desc nulls last,
                people.source_system asc nulls last,
                people.person_id asc nulls last
        ) as seniority
    from people
    inner join systems on people.source_system = systems.source_system
),

-- `Kovac, Maria` is Maria Kovac; one word alone is no full name.
words as (
    select
        record_id,
        {{ each_word('full_name') }}
    from cleaned
),

sorted as (
    select
        record_id,
        {{ joined_in_order('word', "' '", ['word', 'place']) }} as full_name
    from words
    group by record_id
    having count(*) > 1
),

final as (
    select
        cleaned.record_id,
        cleaned.source_system,
        cleaned.person_id,
        cleaned.legal_entity,
        cleaned.full_name as name_words,
        case when names.value is null then sorted.full_name end as full_name,
        case when mailboxes.value is null then cleaned.email end as email,
        case when numbers.value is null then nullif(cleaned.payroll_number, '') end as payroll_number,
        cleaned.seniority
    from cleaned
    left join sorted on cleaned.record_id = sorted.record_id
    left join placeholders as names on cleaned.full_name = names.value and names.field = 'full_name'
    left join placeholders as mailboxes
        on {{ dbt.split_part('cleaned.email', "'@'", 1) }} = lower(mailboxes.value) and mailboxes.field = 'mailbox'
    left join placeholders as numbers on cleaned.payroll_number = numbers.value and numbers.field = 'payroll_number'
)

select * from final
