"""The comparison of names as functions of DuckDB."""

from __future__ import annotations

import threading
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from duckdb.func import FunctionNullHandling, PythonUDFType

from tieout.identity.names.levels import NOTHING, SAME, best_level
from tieout.identity.names.written import Name, read_names

_LOCK = threading.Lock()
_IDS: dict[str, int] = {}
_KNOWN: list[tuple[Name, ...]] = []
"""Names that records go by, read once for the whole process; a name's id is its place here."""


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes `name_id` and `name_level` known to SQL, in this connection: of a record's names, and
    of two such ids.

    Numbers pass from DuckDB to Python at a tenth of what texts cost, and each record is read once.
    """
    if connection.execute(
        "select 1 from duckdb_functions() where function_name = 'name_level'"
    ).fetchall():
        return
    options: dict[str, Any] = {
        "type": PythonUDFType.ARROW,
        "null_handling": FunctionNullHandling.SPECIAL,
    }
    connection.create_function("name_id", _ids, ["VARCHAR"], "INTEGER", **options)
    connection.create_function("name_level", _levels, ["INTEGER", "INTEGER"], "INTEGER", **options)


def _ids(texts: Any) -> Any:
    return pa.array([_id(text) if text else None for text in texts.to_pylist()], pa.int32())


def _id(text: str) -> int:
    with _LOCK:
        if text not in _IDS:
            _KNOWN.append(read_names(text))
            _IDS[text] = len(_KNOWN) - 1
        return _IDS[text]


_ASKED: dict[int, tuple[Any, Any, Any, int]] = {}
"""By thread, what was asked last: the pairs, their levels, and the level that is asked about
next."""


def _levels(these: Any, those: Any) -> Any:
    """The level of each pair. Splink asks once for each level, of the pairs that the levels above
    have left over."""
    # DuckDB's threads are not Python's: what belongs to one of them (threading.local) is gone with
    # each call.
    thread = threading.get_ident()
    if known := _ASKED.get(thread):
        lefts, rights, levels, asked = known
        rest = pc.less(levels, asked)
        if these.equals(lefts.filter(rest)) and those.equals(rights.filter(rest)):
            levels = levels.filter(rest)
            _ASKED[thread] = these, those, levels, asked - 1
            return levels
    pairs = zip(these.to_pylist(), those.to_pylist(), strict=True)
    levels = pa.array(
        [
            NOTHING if one is None or other is None else best_level(_KNOWN[one], _KNOWN[other])
            for one, other in pairs
        ],
        pa.int32(),
    )
    _ASKED[thread] = these, those, levels, SAME
    return levels
