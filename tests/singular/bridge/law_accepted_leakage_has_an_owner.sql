{{ config(tags=['law'], severity='error') }}
-- What this is: leakage that no exception need claim is accepted by somebody: in gaps where the reason occurs, with owner, approver, reason and day;
--   and leakage that is not accepted everywhere has a control that asks about it.
-- When it fails: a reason was added, or accepted, by nobody.
-- How to resolve: fill in the row of seeds/bridge_reasons.csv, or name the control.
select reason, gaps, asked_by, accepted_gaps
from {{ ref('bridge_reasons') }}
where
    (
        accepted_gaps is not null
        and (accepted_by is null or accepted_because is null or approved_by is null or accepted_on is null or approved_by = accepted_by)
    )
    or (gap_class = 'leakage' and asked_by is null and coalesce(accepted_gaps, '') <> gaps)
    or (gap_class <> 'leakage' and accepted_gaps is not null)
