"""The connectors: each folder beside this file that has a `source.py` is one, and nothing else
lists them.

A connector's folder says all that Tieout knows of its system:

- `__init__.py`: `SYSTEM`, by which settings, options and the raw schema (`raw_<name>`) call it;
- `source.py`: `TABLES`, its raw tables, and `source`, which reads them. One with `folders` is a system a
  folder; `TYPED_KEYS` says that people write its keys, so that two may differ by case or blanks alone;
- `contract.py`: `SUITE`, what arriving data must look like;
- `trace.py`: `TRACE`, where an entity of the marts lies in its raw tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING

import tieout.sources

if TYPE_CHECKING:
    from tieout.contracts.rules import Suite
    from tieout.landing.table_types import Table

Place = tuple[str, str]
"""A raw table, and the column that the marts call `source_id`."""
Trace = Mapping[str, tuple[Place, ...]]
"""An entity of the marts and its raw tables; its ids are in one of them."""


@dataclass(frozen=True)
class Connector:
    """A folder of `sources`. What is in it is read when it is asked for: the sources take seconds
    to import."""

    name: str
    package: str

    @property
    def folder(self) -> str:
        """The name of its folder."""
        return self.package.rpartition(".")[2]

    @property
    def source(self) -> ModuleType:
        """The module that reads the system."""
        return import_module(f"{self.package}.source")

    @property
    def tables(self) -> Sequence[Table]:
        """Its raw tables."""
        tables: Sequence[Table] = self.source.TABLES
        return tables

    @property
    def suite(self) -> Suite:
        """The rules that its records must keep."""
        suite: Suite = import_module(f"{self.package}.contract").SUITE
        return suite

    @property
    def trace(self) -> Trace:
        """Where its records lie."""
        trace: Trace = import_module(f"{self.package}.trace").TRACE
        return trace


@cache
def connectors() -> Mapping[str, Connector]:
    """Every connector by its name, in the order of the names."""
    packages = [
        f"{tieout.sources.__name__}.{found.name}" for found in iter_modules(tieout.sources.__path__)
    ]
    found = [
        Connector(import_module(package).SYSTEM, package)
        for package in packages
        if find_spec(package).submodule_search_locations and find_spec(f"{package}.source")  # type: ignore[union-attr]
    ]
    by_name = {
        connector.name: connector
        for connector in sorted(found, key=lambda connector: connector.name)
    }
    if len(by_name) < len(found):
        raise ValueError(
            f"two connectors have one name: {sorted(connector.package for connector in found)}"
        )
    return by_name
