"""How good the controls are: what they found beside the faults that the demo company planted and
wrote down.

A label is found when the same control reports the same record. What a control reports without a
label is a false alarm, unless it is counted with a root that has one: what follows from a fault is
not wrong.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

Record = tuple[str, str, str]
"""Entity, system and id of a record."""

# A line that lost its job may still be placed by its product: what follows from it need not follow
# then.
_MAY_BE_PLACED = "follows from invoice_without_job"

_EXCEPTIONS = """
    select found.control_id, found.entity, found.source_system, found.entity_id, found.document_amount,
        root.control_id, root.entity, root.source_system, root.entity_id
    from marts.fct_exceptions as found
    left join marts.fct_exceptions as root on found.root_exception_key = root.exception_key
    where found.status <> 'resolved'
"""


@dataclass
class Score:
    """One control's: records, by what is known of them; values in the records' own currencies,
    added up as they are."""

    control_id: str
    planted: set[Record] = field(default_factory=set)
    reported: set[Record] = field(default_factory=set)
    followed: set[Record] = field(default_factory=set)
    values: dict[Record, Decimal] = field(default_factory=dict)

    @property
    def found(self) -> set[Record]:
        """Planted and reported."""
        return self.planted & self.reported

    @property
    def missed(self) -> set[Record]:
        """Planted and not reported."""
        return self.planted - self.reported

    @property
    def false_alarms(self) -> set[Record]:
        """Reported, neither planted nor following from what was."""
        return self.reported - self.planted - self.followed

    @property
    def precision(self) -> Decimal | None:
        """Share of what was reported that is no false alarm; None where nothing was reported."""
        return _share(len(self.reported) - len(self.false_alarms), len(self.reported))

    @property
    def recall(self) -> Decimal | None:
        """Share of what was planted that was found; None where nothing was planted."""
        return _share(len(self.found), len(self.planted))

    @property
    def recall_by_value(self) -> Decimal | None:
        """The same, each label weighing what it is worth; None where nothing of value was
        planted."""
        total = sum((self.values[record] for record in self.planted), Decimal(0))
        return _share(sum((self.values[record] for record in self.found), Decimal(0)), total)


def measure(marts: Path, truth: Path, until: date) -> list[Score]:
    """The score of every control that was planted or reported anything, by name.

    Args:
        marts: the published marts, or any file with `marts.fct_exceptions`.
        truth: the labels that the demo wrote.
        until: the day of the position; labels of later days are not due yet.
    """
    with truth.open(encoding="utf-8", newline="") as file:
        labels = list(csv.DictReader(file))
    with duckdb.connect(str(marts), read_only=True) as connection:
        exceptions = connection.execute(_EXCEPTIONS).fetchall()
    return score(labels, exceptions, until)


def score(
    labels: Iterable[Mapping[str, str]], exceptions: Iterable[tuple[object, ...]], until: date
) -> list[Score]:
    """The same from rows: labels as in the truth file, exceptions as `_EXCEPTIONS` gives them."""
    scores: dict[str, Score] = defaultdict(lambda: Score(""))
    planted: set[tuple[str, Record]] = set()
    placed: dict[str, set[Record]] = defaultdict(set)
    for label in labels:
        if date.fromisoformat(label["planted_on"]) > until:
            continue
        record = (label["entity"], label["source_system"], label["entity_id"])
        one = scores[label["control_id"]]
        one.planted.add(record)
        if (label.get("note") or "").startswith(_MAY_BE_PLACED):
            placed[label["control_id"]].add(record)
        one.values[record] = max(
            one.values.get(record, Decimal(0)), Decimal(label["value_amount"] or 0)
        )
        planted.add((label["control_id"], record))
    for control, entity, system, ident, _, root, *root_record in exceptions:
        record = (str(entity), str(system), str(ident))
        one = scores[str(control)]
        one.reported.add(record)
        if root is not None and (str(root), tuple(map(str, root_record))) in planted:
            one.followed.add(record)
    for control_id, one in scores.items():
        one.control_id = control_id
        one.planted -= placed[control_id] - one.reported
    return sorted(scores.values(), key=lambda one: one.control_id)


def _share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.0001")) if whole else None
