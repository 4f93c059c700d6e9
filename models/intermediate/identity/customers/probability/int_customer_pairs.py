"""One row per pair of customer records that the exact rules left apart and that could be one, with
how sure Splink is.

The trained model is a file of the project; nothing is learnt here, so that a build repeats
(docs/decisions/0011).
"""

from dbt_common.events.functions import fire_event
from dbt_common.events.types import Note

from tieout.identity.scoring import model_in_use, scored_pairs


def model(dbt, session):
    dbt.config(materialized="table")
    records = dbt.ref("int_customer_compared").to_arrow_table()
    least = (
        dbt.ref("match_thresholds")
        .filter("entity = 'customer'")
        .aggregate("min(review_from)")
        .fetchone()[0]
    )

    def progress(done, total):
        fire_event(Note(msg=f"customers compared: part {done} of {total}"))

    # What is asked about begins at `review_from`; what speaks a little for a pair, or against it,
    # counts beside others.
    return scored_pairs(records, model_in_use(), float(least) / 10, progress, beside=session)
