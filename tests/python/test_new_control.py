"""`tieout new control`: what it writes is a control like the others, and a name that will not do
writes nothing."""

from __future__ import annotations

import csv
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tieout.errors import TieoutError
from tieout.findings.new_control import COLUMNS, Control, write_control
from tieout.settings import PROJECT

pytestmark = pytest.mark.unit

CONTROL = Control(
    *(
        "invoice_below_nothing",
        "Invoices below nothing",
        "accuracy",
        "accuracy",
        "billing",
        "low",
        "doubt",
    ),
    *("0", "0", "0", "false", "", "", "2026-01-01"),
    *('A "credit" that is none', "Make a credit note", "Controller", "Finance director"),
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What a control is written into."""
    for part in ("models/controls", "models/exceptions", "macros", "seeds"):
        shutil.copytree(PROJECT / part, tmp_path / part)
    return tmp_path


def texts(project: Path) -> dict[str, str]:
    paths = sorted(path for path in project.rglob("*") if path.is_file())
    return {str(path.relative_to(project)): path.read_text(encoding="utf-8") for path in paths}


def test_a_model_that_is_in_no_register_is_not_written_over(project: Path) -> None:
    family = next((project / "models" / "controls").glob("*/ctl_*.sql")).parent
    (family / "ctl_invoice_below_nothing.sql").write_text("select 1\n", encoding="utf-8")
    before = texts(project)
    with pytest.raises(TieoutError, match="there is a file"):
        write_control(project, replace(CONTROL, family=family.name))
    assert texts(project) == before


FAMILIES = sorted(
    {path.parent.name for path in (PROJECT / "models" / "controls").glob("*/ctl_*.sql")}
)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_control_of_every_family_is_in_all_five_files(project: Path, family: str) -> None:
    before = texts(project)
    written = write_control(project, replace(CONTROL, family=family))
    after = texts(project)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {str(path.relative_to(project)) for path in written} and len(changed) == 5
    described = yaml.safe_load(after[f"models/controls/{family}/_{family}.yml"])["models"]
    (ours,) = [model for model in described if model["name"] == "ctl_invoice_below_nothing"]
    assert ours["columns"] == described[0]["columns"] and ours["config"] == {
        "contract": {"enforced": True}
    }
    ids = re.findall(r"'(\w+)'", after["macros/control_ids.sql"])
    with (project / "seeds" / "standard" / "standard_controls.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[-1]) == COLUMNS and rows[-1]["why_it_matters"] == 'A "credit" that is none'
    assert sorted(ids) == sorted({row["control_id"] for row in rows})
    marts = yaml.safe_load(after["models/exceptions/_exceptions.yml"])["models"]
    every = [
        test for model in marts for test in model.get("data_tests", []) if "control_holds" in test
    ]
    tests = [test["control_holds"]["name"] for test in every]
    assert sorted(tests) == sorted(f"control_{control}" for control in ids)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"control_id": "Short Paid"}, "is no name"),
        ({"control_id": "short"}, "is no name"),
        ({"control_id": "short_paid"}, "there is a control"),
        ({"family": "finance"}, "is no family"),
    ],
)
def test_what_will_not_do_writes_nothing(project: Path, change: dict[str, str], what: str) -> None:
    before = texts(project)
    with pytest.raises(TieoutError, match=what):
        write_control(project, replace(CONTROL, **change))  # type: ignore[arg-type]
    assert texts(project) == before
