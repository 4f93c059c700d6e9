"""Writes the files of a new control, so that its author has a rule that runs and changes it into
theirs."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from string import Template

from tieout.errors import TieoutError

TEMPLATE = Path(__file__).parent / "templates" / "control.sql"
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")


@dataclass(frozen=True)
class Control:
    """A row of the register, in its order."""

    control_id: str
    title: str
    family: str
    assertion: str
    owner_role: str
    severity: str
    risk_kind: str
    tolerance_amount: str
    tolerance_pct: str
    window_days: str
    waits: str
    bridge_gap: str
    outside_bridge: str
    valid_from: str
    why_it_matters: str
    how_to_resolve: str
    decided_by: str
    approved_by: str


def write_control(project: Path, control: Control) -> list[Path]:
    """Writes the control's model, its description, its place in the list, its test and its row of
    the register.

    Raises:
        TieoutError: the name will not do or is taken, or there is no such family; nothing is written then.
    """
    register = project / "seeds" / "standard" / "standard_controls.csv"
    if not (project / "seeds" / "company").is_dir():
        raise TieoutError(
            "controls are the product's", "run this in a checkout of Tieout's repository"
        )
    if not NAME.fullmatch(control.control_id):
        raise TieoutError(
            f"{control.control_id} is no name for a control",
            "use words of small letters, with _ between",
        )
    families = _families(register)
    if control.control_id in {name for names in families.values() for name in names}:
        raise TieoutError(f"there is a control {control.control_id}", "give another name")
    if control.family not in families:
        raise TieoutError(
            f"{control.family} is no family", f"choose one of {', '.join(sorted(families))}"
        )
    beside = families[control.family][-1]
    folder = project / "models" / "controls" / control.family
    model = folder / f"ctl_{control.control_id}.sql"
    if model.exists():
        raise TieoutError(
            f"there is a file {model}, and the register has no such control",
            "give another name, or move the file elsewhere",
        )
    changes = {
        model: Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
            control_id=control.control_id
        ),
        folder / f"_{control.family}.yml": _described(folder / f"_{control.family}.yml", control),
        project / "macros" / "control_ids.sql": _after(
            project / "macros" / "control_ids.sql",
            rf"^.*'{beside}'.*$",
            f"        '{control.control_id}',",
        ),
        project / "models" / "exceptions" / "_exceptions.yml": _after(
            project / "models" / "exceptions" / "_exceptions.yml",
            rf"^ *- control_holds: {{name: control_{beside},(?s:.*?)}}}}$",
            f"      - control_holds: {{name: control_{control.control_id}, arguments: {{control_id: "
            f"{control.control_id}}},\n          config: {{severity: warn, tags: [control]}}}}",
        ),
        register: register.read_text(encoding="utf-8") + _row(control),
    }
    for path, text in changes.items():
        path.write_text(text, encoding="utf-8")
    return list(changes)


def _families(register: Path) -> dict[str, list[str]]:
    """The controls of each family, in the order of the register."""
    found: dict[str, list[str]] = {}
    with register.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["family"], []).append(row["control_id"])
    return found


def _described(path: Path, control: Control) -> str:
    """Every control of a family has one shape, which the first of them writes out."""
    text = path.read_text(encoding="utf-8")
    if "&shape" not in text:
        raise TieoutError(
            f"{path} does not write out the shape of a control",
            "compare it with the other families'",
        )
    said = f"{control.title}. {control.why_it_matters}.".replace('"', '\\"')
    entry = f'  - name: ctl_{control.control_id}\n    description: "{said}"\n'
    return (
        text.rstrip("\n")
        + "\n"
        + entry
        + "    config: *config\n    data_tests: *tests\n    columns: *shape\n"
    )


def _after(path: Path, pattern: str, line: str) -> str:
    """The file's text with a line after the last that is like the pattern."""
    text = path.read_text(encoding="utf-8")
    found = list(re.finditer(pattern, text, re.MULTILINE))
    if not found:
        raise TieoutError(
            f"{path} has no line like {pattern}",
            "the files of a control were rearranged: write it by hand",
        )
    return f"{text[: found[-1].end()]}\n{line}{text[found[-1].end() :]}"


def _row(control: Control) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(astuple(control))
    return out.getvalue()


COLUMNS = tuple(field.name for field in fields(Control))
