"""The scripts and styles that the pages carry: our own, Plotly's and DataTables', each from its
wheel."""

from __future__ import annotations

import re
import shutil
from importlib.util import find_spec
from pathlib import Path

from tieout.errors import TieoutError

OURS = Path(__file__).parent / "assets"

_EXPORT = re.compile(r"\bexport\s*\{([^{}]*)\}\s*;?")


def write_assets(folder: Path) -> None:
    """Fills `<folder>/assets`.

    Raises:
        TieoutError: a wheel is not as it is known.
    """
    target = folder / "assets"
    target.mkdir(parents=True)
    for path in sorted(OURS.iterdir()):
        if path.suffix in (".css", ".js"):
            shutil.copyfile(path, target / path.name)
    shutil.copyfile(_inside("plotly", "package_data/plotly.min.js"), target / "plotly.min.js")
    shutil.copyfile(_inside("itables", "html/dt_bundle.css"), target / "datatables.css")
    module = _inside("itables", "html/dt_bundle.js").read_text(encoding="utf-8")
    (target / "datatables.js").write_text(classic(module), encoding="utf-8")


def classic(module: str) -> str:
    """An ES module as a script of the old kind, which leaves what it exports in
    `window.DataTables`.

    A browser does not load a module from disk, and this one imports nothing.

    Raises:
        TieoutError: it does not export in the one statement that is known.
    """
    statements = list(_EXPORT.finditer(module))
    if len(statements) != 1 or "import.meta" in module:
        raise TieoutError(
            "the DataTables script of itables has another shape",
            "install the version of requirements.lock",
        )
    pairs = [part.split(" as ") for part in statements[0].group(1).split(",")]
    given = ", ".join(f"{outer.strip()}: {inner.strip()}" for inner, outer in pairs)
    start, end = statements[0].span()
    body = module[:start] + f"window.DataTables = {{{given}}};" + module[end:]
    return f'(function () {{ "use strict";\n{body}\n}})();\n'


def _inside(package: str, path: str) -> Path:
    spec = find_spec(package)
    found = Path(str(spec.origin)).parent / path if spec else None
    if found is None or not found.exists():
        raise TieoutError(
            f"{package} does not bring {path}", "install the versions of requirements.lock"
        )
    return found
