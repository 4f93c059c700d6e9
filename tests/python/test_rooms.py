"""How the Python packages are laid out: no circle, no crowded folder, no list of connectors, no
demo in the product."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tieout.settings import PROJECT
from tieout.sources.connectors import connectors

pytestmark = pytest.mark.unit

ROOT = PROJECT / "pipelines"
MOST = 12
"""A folder of more modules is hard to find one's way in."""
CROWDED = {"tieout/cli"}
"""A module a verb."""


def _modules() -> dict[str, Path]:
    found = {}
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def _runs(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it that runs: what only a type checker reads is no import."""
    yield node
    for child in ast.iter_child_nodes(node):
        if (
            isinstance(child, ast.If)
            and isinstance(child.test, ast.Name)
            and child.test.id == "TYPE_CHECKING"
        ):
            continue
        yield from _runs(child)


def _imported(source: str, modules: Mapping[str, Path]) -> set[str]:
    """The modules of ours that a source imports, at its top or within a function."""
    found: set[str] = set()
    for node in _runs(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in modules else node.module)
    return found & modules.keys()


@pytest.fixture(scope="module")
def graph() -> dict[str, set[str]]:
    modules = _modules()
    return {
        name: _imported(path.read_text(encoding="utf-8"), modules) - {name}
        for name, path in sorted(modules.items())
    }


def test_the_reader_of_imports_sees_every_kind() -> None:
    modules = {name: Path(name) for name in ("a", "a.b", "a.c", "a.d", "a.e")}
    source = (
        "import a.b\nfrom a import c\nfrom typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from a import e\n"
        "def later():\n    from a.d import name\n"
    )
    assert _imported(source, modules) == {"a.b", "a.c", "a.d"}


def test_no_module_imports_itself_by_way_of_others(graph: dict[str, set[str]]) -> None:
    TopologicalSorter(graph).prepare()


def test_no_package_lies_outside_the_two() -> None:
    assert {path.parent.relative_to(ROOT).parts[0] for path in _modules().values()} == {
        "tieout",
        "tieout_demo",
    }


def test_nothing_in_the_product_imports_the_demo(graph: dict[str, set[str]]) -> None:
    product = {
        name: imports for name, imports in graph.items() if name.partition(".")[0] == "tieout"
    }
    assert len(product) > 80
    assert [
        (name, wanted)
        for name, imports in product.items()
        for wanted in imports
        if wanted.partition(".")[0] == "tieout_demo"
    ] == []


def test_no_folder_is_crowded() -> None:
    names = (path for path in ROOT.rglob("*.py") if not path.stem.startswith("__"))
    counts = Counter(str(path.parent.relative_to(ROOT)) for path in names)
    assert {
        folder: count for folder, count in counts.items() if count > MOST and folder not in CROWDED
    } == {}


def test_every_folder_of_a_source_is_a_connector_and_registers_all_of_itself() -> None:
    folders = {path.parent.name for path in (ROOT / "tieout" / "sources").glob("*/source.py")}
    assert {connector.package.rpartition(".")[2] for connector in connectors().values()} == folders
    for name, connector in connectors().items():
        tables = {table.name for table in connector.tables}
        assert tables, name
        assert set(connector.suite) <= tables, name
        assert connector.suite, name
        assert connector.trace, name
        assert {table for places in connector.trace.values() for table, _ in places} <= tables, name


def test_no_connector_is_named_outside_its_folder() -> None:
    """Two of their names in one literal are a list kept by hand."""
    names = connectors().keys()
    lists = []
    for path in sorted((ROOT / "tieout").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Tuple, ast.List, ast.Set, ast.Dict)):
                parts = node.keys if isinstance(node, ast.Dict) else node.elts
                if (
                    len({part.value for part in parts if isinstance(part, ast.Constant)} & names)
                    > 1
                ):
                    lists.append((str(path.relative_to(ROOT)), node.lineno))
    assert lists == []


def test_git_ignores_no_room() -> None:
    """`warehouse/` in .gitignore is every folder of that name, and a new file there would be left
    out of the commit."""
    ignored = {
        line.rstrip("/") for line in (PROJECT / ".gitignore").read_text(encoding="utf-8").split()
    }
    rooms = {path.name for path in ROOT.rglob("*") if path.is_dir() and list(path.glob("*.py"))}
    assert rooms & ignored == set()
