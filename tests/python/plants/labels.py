"""The file of labels: what each planted fault should make speak.

`entity_id` is the record that the control should name. `scope` is the code that all records of the
fault's situation begin with; `either` other controls that may own the same fault; `allowed`
symptoms (control:entity:entity_id, with * as a wildcard); `match` texts that name the fault where
it has no situation; `value_sure` no where the design does not fix the figure; `needs` before: only
with the earlier folder landed first.
"""

from __future__ import annotations

import csv
from pathlib import Path

from .world import Label

HEADER = (
    "fault_id",
    "control_id",
    "entity",
    "entity_id",
    "value_at_risk_amount",
    "value_sure",
    "either",
    "allowed",
    "scope",
    "match",
    "needs",
    "note",
)


def write_labels(labels: list[Label], path: Path) -> None:
    """Write the labels in the order of their controls."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as handle:
        out = csv.writer(handle, lineterminator="\n")
        out.writerow(HEADER)
        for number, one in enumerate(sorted(labels, key=lambda x: (x.control, x.entity_id)), 1):
            out.writerow(
                [
                    f"F{number:04d}",
                    one.control,
                    one.entity,
                    one.entity_id,
                    "" if one.value is None else f"{one.value:.2f}",
                    "yes" if one.sure else "no",
                    ";".join(one.either),
                    ";".join(dict.fromkeys(one.allowed)),
                    one.scope,
                    ";".join(one.match),
                    one.needs,
                    one.note,
                ]
            )
