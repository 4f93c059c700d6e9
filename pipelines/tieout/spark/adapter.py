"""What dbt-spark's session method lacks: it turns ANSI mode off for each statement, runs no Python
model, and works out anew what a statement names twice.

dbt-spark 1.11 sets `spark.sql.ansi.enabled` to false in its credentials, and its cursor takes a new
session's settings with every statement. Here each statement goes to the one session that the run
started and checked.
"""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from tieout.errors import TieoutError
from tieout.spark.steps import steps_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ON_THE_DRIVER = 2_000_000
"""So many records of one kind (customers, products, people) are put together on the driver."""
_COMMENT = r"(?:\s|/\*.*?\*/|--[^\n]*\n)*"
_TABLE = re.compile(
    rf"\A(?P<head>{_COMMENT}(?:create table (?P<made>\S+) using parquet as"
    r"|insert into (?P<filled>\S+) by name))\s"
    rf"(?P<query>{_COMMENT}(?:with|select)\b.*)\Z",
    re.DOTALL | re.IGNORECASE,
)
"""A statement that writes a query into a table (macros/tables_spark.sql)."""
_SHARED = re.compile(
    rf"\A{_COMMENT}(?:create table if not exists|insert overwrite)\b", re.DOTALL | re.IGNORECASE
)
"""A statement about a table that several models write to."""
_one_at_a_time = threading.Lock()
"""Two writers of one folder take each other's unfinished files away."""


@contextmanager
def installed(session: SparkSession) -> Iterator[None]:
    """Meanwhile dbt-spark's session method sends its statements to this session."""
    from dbt.adapters.spark import session as dbt_session
    from dbt.adapters.spark.impl import SparkAdapter
    from dbt_common.clients import agate_helper

    class Cursor(dbt_session.Cursor):
        def execute(self, sql: str, *parameters: Any) -> None:
            if parameters:
                raise TieoutError(f"a statement with parameters: {sql[:80]}", "write them into it")
            self._rows = None
            self._df = executed(session, sql)

    class PythonModel:
        """dbt's helper for a model in Python, which runs beside the driver."""

        def __init__(self, parsed_model: dict[str, Any], credentials: Any) -> None:
            self.relation = f"{parsed_model['schema']}.{parsed_model['alias']}"

        def submit(self, compiled_code: str) -> None:
            run_python(session, compiled_code, self.relation)

    # A seed's text "null" is a text, as in DuckDB: only what is empty is none.
    typed = partial(agate_helper.build_type_tester, string_null_values=("",))
    replaced: list[tuple[Any, str, Any]] = [
        (dbt_session, "Cursor", Cursor),
        (agate_helper, "build_type_tester", typed),
        (SparkAdapter, "default_python_submission_method", property(lambda self: "session")),
        (
            SparkAdapter,
            "python_submission_helpers",
            property(lambda self: {"session": PythonModel}),
        ),
    ]
    before = [(where, name, where.__dict__[name]) for where, name, _ in replaced]
    for where, name, new in replaced:
        setattr(where, name, new)
    try:
        yield
    finally:
        for where, name, old in before:
            setattr(where, name, old)


def executed(session: SparkSession, sql: str) -> Any:
    """A statement's answer; a large table is written in steps.

    Raises:
        DbtRuntimeError: the statement is wrong, or a row breaks a rule of arithmetic.
    """
    from dbt_common.exceptions import DbtRuntimeError
    from pyspark.errors import PySparkException

    try:
        if found := _TABLE.match(sql):
            name = found["made"] or found["filled"]
            return _in_steps(session, found["head"], name, found["query"])
        with _one_at_a_time if _SHARED.match(sql) else nullcontext():
            return session.sql(sql)
    except PySparkException as error:
        raise DbtRuntimeError(str(error).strip()[:4000]) from error


def _in_steps(session: SparkSession, head: str, name: str, query: str) -> Any:
    schema, table = name.replace("`", "").rsplit(".", 1)
    steps = steps_of(query, f"{schema}.{table}__step_")
    written: list[str] = []
    try:
        for step in steps.written:
            session.sql(f"drop table if exists {step.name}")
            written.append(step.name)
            session.sql(f"create table {step.name} using parquet as {step.sql}")
        return session.sql(f"{head} {steps.sql}")
    finally:
        for step_table in written:
            session.sql(f"drop table if exists {step_table}")


def run_python(session: SparkSession, compiled_code: str, relation: str) -> None:
    """Runs a model in Python on the driver, over DuckDB in memory, and writes what it gives.

    Raises:
        TieoutError: a relation that it reads has more rows than the driver takes.
    """
    with duckdb.connect(":memory:") as connection:
        names = (f"relation_{number}" for number in itertools.count())

        def read(name: str) -> duckdb.DuckDBPyRelation:
            frame = session.table(name.replace('"', "").replace("`", ""))
            count = frame.count()
            if count > ON_THE_DRIVER:
                raise TieoutError(
                    f"{name} has {count:,} rows, and {relation} reads it on the driver,"
                    f" which takes {ON_THE_DRIVER:,}",
                    "build on DuckDB, which has no such limit",
                )
            own = next(names)
            connection.register(own, frame.toArrow())
            return connection.table(own)

        space: dict[str, Any] = {"__name__": "tieout_model"}
        exec(compile(compiled_code.strip(), relation, "exec"), space)  # noqa: S102
        dbt_object: Callable[[Any], Any] = space["dbtObj"]
        answer = space["model"](dbt_object(read), connection)
        table = answer if isinstance(answer, pa.Table) else answer.to_arrow_table()
        session.sql(f"drop table if exists {relation}")
        frame = session.createDataFrame(_without_views(table))
        frame.write.mode("overwrite").format("parquet").saveAsTable(relation)


def _without_views(table: pa.Table) -> pa.Table:
    """Texts in the one form that Spark takes."""
    fields = [
        pa.field(field.name, pa.string() if pa.types.is_string_view(field.type) else field.type)
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))
