"""A build on Spark, around the run of dbt: the log goes into the lake, the session starts, and
`build.duckdb` shows what was built."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tieout import console
from tieout.lock import writing
from tieout.settings import Settings, Spark
from tieout.spark.adapter import installed
from tieout.spark.lake import collect, export, place_of_build, register
from tieout.spark.session import ready, spark_session

if TYPE_CHECKING:
    from tieout.warehouse.build import Rows

METHOD = "TIEOUT_SPARK_METHOD"


@contextmanager
def engine(settings: Settings, spark: Spark, make_room: Callable[[], None]) -> Iterator[Rows]:
    """Meanwhile dbt's target `spark` runs in a session that knows what arrived; a run that ends
    well leaves `build.duckdb`.

    Args:
        settings: of which warehouse.
        spark: where it runs.
        make_room: takes the build before away, once this one holds the lake and can begin.

    Yields:
        what asks the session for rows.

    Raises:
        TieoutError: what Spark needs is missing, or the lake cannot be written to.
    """
    ready(spark)
    with writing(spark.lake, "build on Spark", wait=settings.wait, say=console.aside):
        log = export(settings, spark.lake)
        make_room()
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
