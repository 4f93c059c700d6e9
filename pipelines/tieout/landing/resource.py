"""The insert-only log: what a connector declares, and what it hands over.

A connector declares its tables (`table_types.Table`) and wraps each stretch of work that shares one
cursor into a `group`. Its generator yields `(table, rows)`; the kernel types the rows, and dlt
carries them to `raw_<system>`, where one statement per table compares them with the newest versions
and inserts what is new (`destination.py`).

    def invoices(extract: Extract) -> Iterator[tuple[str, Rows]]:
        since = extract.state.get("modified_since")
        for page in client.pages("Invoices", since):
            yield "invoices", [flat(record) for record in page]
            yield "invoice_lines", [line for record in page for line in lines(record)]
        extract.state["modified_since"] = newest      # saved with the package, so it moves only with its rows
        extract.said("invoices", count=total)

Rows are `list[dict]` (values: str, int, Decimal, bool, date, datetime, dict or list for `json`;
never float), `pyarrow.Table`, `pathlib.Path` to a parquet file, or a `Scan` (SQL that DuckDB runs,
to be used for databases).

- The rows of one parent arrive together, in one yielded list; of two occurrences of a record in one extract the later
  `updated_at`, then the later arrival, counts.
- `''` in a column that is not text is null. `amount` must be exact to the cent; `number` is rounded to six decimals.
- Columns that are not declared are kept as text and reported as drift. A declared column may be absent (it is null),
  one in `required` may not: if no row of the extract has it, the system stops with `DriftError`.
- A value that does not cast stops the system with `DriftError`.
- `json` columns are written as text with decimals kept exactly as they came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import dlt
from dlt.extract import DltResource

from tieout.errors import AuthError
from tieout.landing.staging_files import Spool
from tieout.landing.table_types import CURRENT_LANDING, Extract, Rows, Table


def where_allowed(
    tables: Sequence[Table], extract: Callable[[Extract], Iterator[tuple[str, Rows]]]
) -> Callable[[Extract], Iterator[tuple[str, Rows]]]:
    """The extract of tables that may be missing: a refusal by the source is noted, and stops
    nothing else."""

    def read(said: Extract) -> Iterator[tuple[str, Rows]]:
        try:
            yield from extract(said)
        except AuthError as error:
            for table in tables:
                if table.name not in said.whole:
                    said.refused(table.name, error.cause)

    return read


def group(
    system: str,
    name: str,
    tables: Sequence[Table],
    extract: Callable[[Extract], Iterator[tuple[str, Rows]]],
) -> DltResource:
    """A dlt resource that lands `tables` from one run of `extract`; they share its cursors and move
    together."""
    by_key = {table.key: table for table in tables}
    for table in tables:
        if table.parent and table.parent not in by_key:
            raise ValueError(
                f"{system}.{table.name}: no table of group {name} has the key {table.parent}"
            )

    @dlt.resource(
        name=name,
        table_name=lambda file: file.table,
        columns=lambda file: file.columns,
        write_disposition="append",
        file_format="parquet",
    )
    def package() -> Iterator[Any]:
        landing = CURRENT_LANDING.get()
        said = Extract(state=dlt.current.resource_state())
        with Spool(landing, tables) as spool:
            for table_name, rows in extract(said):
                spool.add(table_name, rows)
            for file in spool.files(said):
                yield dlt.mark.with_file_import(
                    str(file.path), "parquet", file.row_count, hints=file
                )

    resource: DltResource = package()
    return resource
