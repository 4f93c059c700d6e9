-- One row per system that keeps journals: the day on which its books begin, and the day of the entry that opened them.
with journals as (
    select
        source_system,
        min(case when coalesce(document_type, 'other') <> 'opening' then posted_on end) as first_posted_on,
        min(case when document_type = 'opening' then posted_on end) as opened_on
    from {{ ref('cnf_journal_lines') }}
    group by source_system
),

-- What somebody decided counts before what the journals suggest. What is dated after an opening entry cannot stand in it.
policies as (
    select legal_entity, books_begin_on from {{ ref('books_begin') }}
    where valid_from <= {{ as_of() }}
    qualify row_number() over (partition by legal_entity order by valid_from desc nulls last) = 1
),

final as (
    select
        journals.source_system,
        systems.legal_entity,
        coalesce(policies.books_begin_on, least(journals.first_posted_on, {{ plus_days('journals.opened_on', '1') }})) as books_begin_on,
        journals.opened_on,
        case when policies.books_begin_on is not null then 'policy' else 'first_journal' end as books_begin_rule
    from journals
    inner join {{ ref('int_source_systems') }} as systems on journals.source_system = systems.source_system
    left join policies on systems.legal_entity = policies.legal_entity
)

select * from final
where books_begin_on is not null
