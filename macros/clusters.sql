{# One identity rule: records that share a value of its evidence become one cluster, and so do the clusters they are in, as far as the
   chain reaches. `records` is the model of the rule before; `evidence` and `marks` are one row per record and value. A mark says what may
   not be joined: one cluster may not come to hold two values of one mark_scope that none of its parts held before. Where a chain would, the
   rule joins of its clusters only those that share a value and say the same of everything that is in dispute (all that are an NV, whatever else
   is an SA), and the others become suggestions: contradiction is never resolved silently. #}
{% macro join_records(records, evidence, marks, rule, respecting) %}
with recursive records as (
    select * from {{ ref(records) }}
),

evidence as (
    select * from {{ ref(evidence) }}
    where match_rule = '{{ rule }}' and not is_loose
),

marks as (
    select * from {{ ref(marks) }}
    where mark_kind in ('{{ respecting | join("', '") }}')
),

ties as (
    select distinct
        records.cluster_id as node,
        evidence.evidence_value as hub
    from evidence
    inner join records on evidence.record_id = records.record_id
),

spread as (
    {{ spread_labels('ties', 'spread') }}
),

chains as (
    select
        node,
        label,
        count(*) over (partition by label) as parts
    from spread
    where pass = (select max(last.pass) from spread as last)
),

marked as (
    select
        chains.label,
        records.cluster_id,
        marks.mark_scope,
        marks.mark_value
    from chains
    inner join records on chains.node = records.cluster_id
    inner join marks on records.record_id = marks.record_id
    where chains.parts > 1
),

marks_of_parts as (
    select
        label,
        cluster_id,
        mark_scope,
        count(distinct mark_value) as value_count
    from marked
    group by label, cluster_id, mark_scope
),

marks_of_chains as (
    select
        label,
        mark_scope,
        count(distinct mark_value) as value_count
    from marked
    group by label, mark_scope
),

disputed as (
    select
        marks_of_chains.label,
        marks_of_chains.mark_scope
    from marks_of_chains
    inner join (
        select
            label,
            mark_scope,
            max(value_count) as value_count
        from marks_of_parts
        group by label, mark_scope
    ) as before on marks_of_chains.label = before.label and marks_of_chains.mark_scope = before.mark_scope
    where marks_of_chains.value_count > before.value_count
),

refused as (
    select distinct label from disputed
),

-- What each cluster of such a chain says of what is in dispute: those that say nothing of it are of one side too.
sided as (
    select
        chains.node as cluster_id,
        coalesce({{ joined_in_order("said.mark_scope || ' ' || said.mark_value", "' '", ['said.mark_scope']) }}, '') as side
    from chains
    inner join refused on chains.label = refused.label
    left join (
        select distinct marked.cluster_id, marked.mark_scope, marked.mark_value
        from marked
        inner join disputed on marked.label = disputed.label and marked.mark_scope = disputed.mark_scope
    ) as said on chains.node = said.cluster_id
    group by chains.node
    -- One that contradicts itself already is on no side.
    having count(said.mark_scope) = count(distinct said.mark_scope)
),

sided_ties as (
    select
        ties.node,
        ties.hub || ' ' || sided.side as hub
    from ties
    inner join sided on ties.node = sided.cluster_id
),

sided_spread as (
    {{ spread_labels('sided_ties', 'sided_spread') }}
),

sided_chains as (
    select
        node,
        label,
        count(*) over (partition by label) as parts
    from sided_spread
    where pass = (select max(last.pass) from sided_spread as last)
),

final as (
    select
        records.record_id,
        case when refused.label is null then coalesce(chains.label, records.cluster_id) else coalesce(sided_chains.label, records.cluster_id) end as cluster_id,
        case
            when records.match_rule is not null then records.match_rule
            when chains.parts > 1 and refused.label is null then '{{ rule }}'
            when sided_chains.parts > 1 then '{{ rule }}'
        end as match_rule,
        refused.label is not null as is_refused
    from records
    left join chains on records.cluster_id = chains.node
    left join refused on chains.label = refused.label
    left join sided_chains on case when refused.label is not null then records.cluster_id end = sided_chains.node
)

select * from final
{% endmacro %}

{# Connected components of a table of ties (node, hub), as the body of a recursive CTE of the name `spread`: each pass gives a node the smallest label
   among its neighbours, gives that label's own node the same, and then the label of its label, so that the reach doubles with a pass.
   It ends by itself when nothing moves. `identity_passes` only bounds it; the law `converged` fails where that was too few. #}
{% macro spread_labels(ties, spread) %}
    select distinct
        node,
        node as label,
        0 as pass,
        true as has_moved
    from {{ ties }}
    union all
    select * from (
        with hubs as (
            select
                ties.hub,
                min(spread.label) as label
            from {{ ties }} as ties
            inner join {{ spread }} as spread on ties.node = spread.node
            group by ties.hub
        ),

        neighbours as (
            select
                ties.node,
                min(hubs.label) as label
            from {{ ties }} as ties
            inner join hubs on ties.hub = hubs.hub
            group by ties.node
        ),

        roots as (
            select
                spread.label as root,
                min(neighbours.label) as label
            from {{ spread }} as spread
            inner join neighbours on spread.node = neighbours.node
            group by spread.label
        ),

        hooked as (
            select
                spread.node,
                spread.pass,
                spread.label as label_before,
                least(neighbours.label, roots.label) as label
            from {{ spread }} as spread
            inner join neighbours on spread.node = neighbours.node
            inner join roots on spread.label = roots.root
        )

        select
            hooked.node,
            coalesce(roots.label, hooked.label) as label,
            hooked.pass + 1 as pass,
            max(case when coalesce(roots.label, hooked.label) <> hooked.label_before then 1 else 0 end) over () = 1 as has_moved
        from hooked
        left join roots on hooked.label = roots.root
        where
            hooked.pass < {{ var('identity_passes', 60) }}
            and (select max(case when spread.has_moved then 1 else 0 end) from {{ spread }} as spread) = 1
    ) as next_pass
{% endmacro %}
