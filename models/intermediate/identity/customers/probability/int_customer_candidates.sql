-- One row per scored pair of customer records, by the clusters that the exact rules put them in: what it weighs,
-- whether it would be taken by itself, and what becomes of it if it is not.
with pairs as (
    select * from {{ ref('int_customer_negative_evidence') }}
),

thresholds as (
    select * from {{ ref('match_thresholds') }}
    where entity = 'customer'
),

-- How often a record is written as it is: by its spelling where a list has nothing else, whatever form stands behind
-- it.
clusters as (
    select
        clusters.record_id,
        clusters.cluster_id,
        coalesce(profiles.spelling_count, count(*) over (partition by clusters.cluster_id)) as record_count
    from {{ ref('int_customer_clusters') }} as clusters
    inner join {{ ref('int_customer_profiles') }} as profiles on clusters.record_id = profiles.record_id
),

judged as (
    select
        pairs.*,
        lefts.cluster_id as left_cluster_id,
        rights.cluster_id as right_cluster_id,
        -- Of lists that say a name and a country alone: the same name is the same customer, as for the exact rules, and
        -- a slip is known by how seldom it is written beside what is written often.
        pairs.name_level >= 6 and pairs.is_of_lists as is_sure_by_name,
        -- One name at one door; or in one town, or wherever it is, where nothing says that there are two of that name.
        coalesce(
            pairs.legal_form_level <> 0 and pairs.phone_level <> 0 and pairs.web_level <> 0 and not pairs.has_other_numbers
            and (
                (pairs.name_level >= 5 and pairs.has_door)
                or (pairs.name_level >= 6 and pairs.address_level = 2 and not pairs.has_other_door)
                or (pairs.name_level >= 6 and pairs.address_level >= 1 and pairs.is_lone_name and pairs.is_lone_place)
                or (pairs.name_level >= 6 and pairs.is_lone_name and (pairs.web_level >= 2 or pairs.has_phone))
                or (pairs.is_long_name and pairs.address_level = -1 and pairs.is_lone_name and pairs.is_lone_place)
            ),
            false
        ) as is_sure_by_place,
        pairs.name_level = 5 and pairs.is_of_lists and pairs.legal_form_level <> 0 and not pairs.has_other_numbers as is_slip_if_seldom,
        greatest(lefts.record_count, rights.record_count) >= 5 * least(lefts.record_count, rights.record_count) as is_seldom,
        pairs.is_of_lists or (pairs.is_name_only and pairs.support_count = 0 and pairs.phone_level = -1 and pairs.web_level = -1) as is_of_names,
        -- What a register or the names themselves say is no question for a person.
        coalesce(case
            when pairs.objection in ('their tax numbers differ', 'their register numbers differ') then true
            when pairs.has_other_attached and pairs.objection like 'one is attached%' then pairs.support_count < 2
            -- A name that says more, at another door: what it says more is where that is.
            when pairs.name_level in (3, 4) and pairs.has_other_door and pairs.support_count < 1 then true
            -- Of lists of names it is asked: a form is written wrong as often as a name.
            when pairs.is_within_system and pairs.objection = 'their legal forms differ' then not (pairs.is_of_lists and pairs.name_level >= 6)
            when pairs.is_within_system and pairs.objection = 'one name says more: a role, a place or a number'
                then pairs.has_form or not pairs.has_door
            -- Names alone never outweigh door and telephone together: a customer may be renamed, or called by what it
            -- is part of. Not where one says a role or a place that the other does not: that is how the companies of a
            -- group are named.
            when pairs.objection in ('their names say two companies', 'each name says more than the other')
                then
                    not (
                        (pairs.has_door and (pairs.has_phone or pairs.name_level = 3 or (pairs.name_level = 1 and pairs.phone_level = -1)))
                        -- Nor telephone and domain.
                        or (pairs.has_phone and pairs.web_level >= 2 and not pairs.is_registered)
                    )
                    or (pairs.is_registered and (pairs.is_within_system or pairs.has_other_markers))
        end, false) as is_rejected
    from pairs
    inner join clusters as lefts on pairs.left_record_id = lefts.record_id
    inner join clusters as rights on pairs.right_record_id = rights.record_id
),

weighed as (
    select
        judged.*,
        judged.objection is null
        and (judged.is_sure_by_name or judged.is_sure_by_place or (judged.is_slip_if_seldom and judged.is_seldom)) as is_sure,
        judged.objection is null and judged.probability >= thresholds.automatic_from as is_likely,
        judged.is_rejected or judged.probability < thresholds.review_from as is_out_of_question
    from judged
    cross join thresholds
),

final as (
    select
        left_record_id || ' = ' || right_record_id as pair_id,
        left_record_id,
        right_record_id,
        left_system,
        right_system,
        left_cluster_id,
        right_cluster_id,
        probability,
        match_weight,
        name_level,
        address_level,
        phone_level,
        web_level,
        numbers_level,
        country_level,
        legal_form_level,
        case
            when is_sure then cast(greatest(match_weight, {{ var('bits_of_a_name') }}) as decimal(9, 3))
            when is_likely then match_weight
            -- Names that could be one say nothing against it.
            when name_level >= 4 then 0
            else least(match_weight, 0)
        end as weight,
        is_sure or is_likely as is_candidate,
        -- They are two, whatever else agrees.
        coalesce(
            objection in ('their tax numbers differ', 'their register numbers differ', 'their legal forms differ')
            or objection like 'one is attached%'
            or (is_registered and not is_of_lists and objection = 'their names say two companies')
            or (
                (has_numbers_apart or (not is_of_lists and (is_registered or (is_within_system and has_form))))
                and objection = 'one name says more: a role, a place or a number'
            ),
            false
        ) as is_apart,
        -- Their names say two, and no door or telephone says one.
        coalesce(
            (objection = 'their names say two companies' and not has_door and not has_phone)
            or (is_registered and objection = 'each name says more than the other')
            or (is_of_lists and objection = 'one name says more: a role, a place or a number'),
            false
        ) as is_unlike,
        case
            when is_of_names and name_level >= 6 then 'review'
            when is_out_of_question then 'rejected'
            else 'review'
        end as status_if_not_taken,
        case
            when objection is not null then objection
            when is_sure or is_likely then null
            when is_slip_if_seldom then 'the names differ in spelling, and nothing else agrees'
            else 'not sure enough'
        end as held_back_by,
        -- A system that has both, with another role, number or legal form in their names, means two: as within one
        -- system. Not at one door with one telephone: names alone do not outweigh them.
        coalesce(
            (objection = 'their legal forms differ' and not is_of_lists)
            or (
                objection in ('one name says more: a role, a place or a number', 'their names say two companies')
                and support_count < 2
            ),
            false
        ) as is_answered_by_a_system
    from weighed
)

select * from final
