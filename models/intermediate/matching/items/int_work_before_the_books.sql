-- One row per delivery of a company from before its books began: what the old books made of it is not known here.
with books as (
    select legal_entity, min(books_begin_on) as books_begin_on from {{ ref('int_books') }}
    where books_begin_rule = 'policy' or opened_on is not null
    group by legal_entity
),

final as (
    select
        events.event_key,
        books.books_begin_on
    from {{ ref('int_stage_events') }} as events
    inner join books on events.legal_entity = books.legal_entity and events.event_on < books.books_begin_on
    where events.stage = 'delivered'
)

select * from final
