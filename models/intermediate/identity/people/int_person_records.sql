-- One row per person record, with what identifies it in the form in which it is compared; what stands there for nobody is no value.
with people as (
    select * from {{ ref('cnf_people') }}
),

-- Which systems there are is known only once all ledgers are read; of whom a system is, its listing says, and that it is a CRM, its deals.
listed as (
    select * from {{ ref('source_systems') }}
),

crms as (
    select distinct source_system from {{ ref('cnf_deals') }}
),

placeholders as (
    select * from {{ ref('person_placeholders') }}
),

cleaned as (
    select
        people.source_system || '|' || people.person_id as record_id,
        people.source_system,
        people.person_id,
        coalesce(listed.legal_entity, 'unlisted') as legal_entity,
        {{ cleaned_name('people.full_name') }} as full_name,
        {{ extract_first("lower(trim(people.email))", "^([^@ ]+@[^@ ]+[.][^@ .]+)$") }} as email,
        {{ replace_all(cleaned_code('people.payroll_number'), "^0+", "") }} as payroll_number,
        -- Who speaks for a person: the CRM's record first.
        row_number() over (
            order by
                case when crms.source_system is not null then 1 else 2 end nulls last,
                people.source_system asc nulls last,
                people.person_id asc nulls last
        ) as seniority
    from people
    left join listed on people.source_system = listed.source_system
    left join crms on people.source_system = crms.source_system
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
