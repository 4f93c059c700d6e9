-- What this is: each entry of the seed working_time names whole records, and hours and days that a day and a week have.
-- When it fails: somebody named a contract or person without the system it is of, or typed minutes for hours.
-- How to resolve: correct the entry that is shown.
select *
from {{ ref('working_time') }}
where
    (contract_id is null) <> (contract_source_system is null)
    or (person_id is null) <> (person_source_system is null)
    or hours_per_day not between 0.25 and 24
    or days_per_week not between 0.25 and 7
    or valid_to < valid_from
