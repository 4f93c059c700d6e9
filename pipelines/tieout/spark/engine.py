"""A build on Spark, around the run of dbt: the log goes into the lake, the session starts, and
`build.duckdb` shows what was built."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tieout import console
from tieout.lock import writing
from tieout.settings import Settings, Spark
from tieout.spark.adapter import installed
from tieout.spark.lake import collect, export, place_of_build, register
from tieout.spark.session import spark_session

if TYPE_CHECKING:
    from tieout.warehouse.build import Rows

METHOD = "TIEOUT_SPARK_METHOD"


@contextmanager
def engine(settings: Settings, spark: Spark) -> Iterator[Rows]:
    """Meanwhile dbt's target `spark` runs in a session that knows what arrived; a run that ends
    well leaves `build.duckdb`.

    Yields:
        what asks the session for rows.

    Raises:
        TieoutError: what Spark needs is missing, or the lake cannot be written to.
    """
    with writing(spark.lake, "build on Spark", wait=settings.wait, say=console.aside):
        log = export(settings, spark.lake)
        place = place_of_build(spark.lake)
        with spark_session(spark, place) as session, installed(session), _profile():
            register(session, log)
            yield lambda sql: [tuple(row) for row in session.sql(sql).collect()]
            collect(session, settings)


@contextmanager
def _profile() -> Iterator[None]:
    """What the profile's target `spark` reads: the method that uses the session."""
    before = os.environ.get(METHOD)
    os.environ[METHOD] = "session"
    try:
        yield
    finally:
        if before is None:
            del os.environ[METHOD]
        else:
            os.environ[METHOD] = before
