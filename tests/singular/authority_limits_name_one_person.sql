-- What this is: each limit of a person, in the seed authority_limits, is one person's.
-- When it fails: two people have that id in two systems, and the entry does not say which system's it is, so that it counts for nobody.
-- How to resolve: fill in person_source_system.
select limits.person_id, count(distinct people.person_key) as people_count
from {{ ref('authority_limits') }} as limits
inner join {{ ref('xref_person') }} as people on limits.person_id = people.source_id
where limits.person_source_system is null and people.person_key <> 'unknown'
group by limits.person_id
having count(distinct people.person_key) > 1
