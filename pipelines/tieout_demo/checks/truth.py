"""The truth file: every fault that was planted, with its label, where no model ever looks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tieout_demo.servers.import_files import replace_file, text_of

COLUMNS = (
    "control_id",
    "entity",
    "source_system",
    "entity_id",
    "value_amount",
    "currency",
    "planted_on",
    "note",
)


def write_truth(path: Path, truth: Iterable[Mapping[str, Any]]) -> None:
    """Write the labels in a fixed order, so that the same faults are the same bytes."""
    rows = sorted([text_of(row.get(column)) for column in COLUMNS] for row in truth)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    replace_file(path, text.getvalue().encode("utf-8"))
