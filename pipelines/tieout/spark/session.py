"""A Spark session that gives the figures of DuckDB: its settings, and that they are in force."""

from __future__ import annotations

import importlib.util
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tieout.errors import TieoutError
from tieout.settings import Spark
from tieout.spark.java import java_home

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

EXTRA = "`pip install 'tieout[spark]'`"
EXACT: Mapping[str, str] = {
    # Without these an error becomes null, a cent is lost, and a day is another one.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.session.timeZone": "UTC",
    # A timestamp is what DuckDB calls one: a day and a time, of no zone.
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.storeAssignmentPolicy": "ANSI",
    "spark.sql.caseSensitive": "false",
    "spark.sql.groupByOrdinal": "true",
    "spark.sql.mapKeyDedupPolicy": "EXCEPTION",
}
"""Settings that decide what a figure is. A build does not begin without them."""
PLANNING: Mapping[str, str] = {
    # Names are cleaned by calls inside calls, more than a hundred deep.
    "spark.sql.analyzer.maxIterations": "1000",
    "spark.sql.optimizer.maxIterations": "1000",
    "spark.sql.sources.default": "parquet",
    "spark.sql.parquet.compression.codec": "zstd",
}
HERE: Mapping[str, str] = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}
"""What a session on this machine has, to which nobody else comes."""
DRIVER: Mapping[str, str] = {
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.ui.retainedExecutions": "1",
    # Nobody reads the text of a plan, and of a model it may be megabytes.
    "spark.sql.ui.explainMode": "simple",
    "spark.sql.maxPlanStringLength": "1000",
    "spark.ui.retainedJobs": "1",
    "spark.ui.retainedStages": "1",
    "spark.sql.catalogImplementation": "in-memory",
    # Expressions lie deep in each other, where they are planned and where they are worked out.
    "spark.driver.extraJavaOptions": "-Xss16m",
    "spark.executor.extraJavaOptions": "-Xss16m",
}
"""What a session has whose driver runs here: its tables are known for as long as it lives."""


QUICK_JAVA = "-Xss16m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:NewSize=512m -XX:ReservedCodeCacheSize=240m"
FEW_ROWS: Mapping[str, str] = {
    # It would plan anew more than it saves.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    # Of what an expression implies, a filter saves nothing here, and finding it takes long.
    "spark.sql.constraintPropagation.enabled": "false",
    # One task a stage: models run side by side as it is.
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.files.minPartitionNum": "1",
    "spark.sql.leafNodeDefaultParallelism": "1",
    # Each join and each group takes a page at once, of 32 MB if not told: most of the time of
    # collecting garbage went there.
    "spark.buffer.pageSize": "1m",
    "spark.driver.extraJavaOptions": QUICK_JAVA,
    "spark.executor.extraJavaOptions": QUICK_JAVA,
}
"""Where a plan runs for less time than it takes to compile."""
SMALL = 64 * 1024**2
"""A log of fewer bytes has few rows."""


def ready(choice: Spark) -> None:
    """Sees that a session can be started.

    Raises:
        TieoutError: PySpark or Java is missing.
    """
    for module in ("pyspark", "dbt.adapters.spark"):
        if not _is_installed(module):
            raise TieoutError("the engine spark is not installed", EXTRA)
    if choice.remote is None:
        java_home()


@contextmanager
def spark_session(choice: Spark, place: Path) -> Iterator[SparkSession]:
    """A session whose settings give DuckDB's figures, ended with the run.

    Args:
        choice: where it runs.
        place: the folder that its tables go to.

    Raises:
        TieoutError: the cluster does not answer, or a setting is not in force.
    """
    session = _started(choice, place)
    try:
        for name, value in {**EXACT, **PLANNING}.items():
            session.conf.set(name, value)
        check(session)
        yield session
    finally:
        session.stop()


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _started(choice: Spark, place: Path) -> SparkSession:
    from pyspark.sql import SparkSession

    builder: Any = SparkSession.builder.appName("tieout")
    if choice.remote is None:
        os.environ["JAVA_HOME"] = str(java_home())
        builder = builder.master(choice.master or f"local[{threads()}]")
        for name, value in _of_a_driver(choice, place).items():
            builder = builder.config(name, value)
    else:
        builder = builder.remote(choice.remote)
    try:
        session: SparkSession = builder.getOrCreate()
    except Exception as error:
        where = choice.remote or choice.master or "on this machine"
        raise TieoutError(
            f"Spark does not start {where}: {str(error).strip().splitlines()[0]}",
            "see that the address is right and answers",
        ) from error
    if choice.remote is None:
        session.sparkContext.setLogLevel("ERROR")
    # A statement that fails is told once, by who sent it.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    return session


def threads() -> int:
    """How many cores a session on this machine uses."""
    return int(os.environ.get("TIEOUT_THREADS", "2"))


def _of_a_driver(choice: Spark, place: Path) -> dict[str, str]:
    memory = os.environ.get("TIEOUT_MEMORY", "3GB").upper().replace(" ", "")
    settings = {
        **EXACT,
        **PLANNING,
        **DRIVER,
        "spark.driver.memory": memory.replace("IB", "B").removesuffix("B").lower(),
        "spark.sql.warehouse.dir": str(place.resolve()),
    }
    if choice.master is None or choice.master.startswith("local"):
        settings |= HERE
    if _bytes(choice.lake) < SMALL:
        settings |= FEW_ROWS
    if partitions := os.environ.get("TIEOUT_SPARK_PARTITIONS"):
        settings["spark.sql.shuffle.partitions"] = partitions
    return settings


def check(session: SparkSession) -> None:
    """Asks the session itself for figures that come out wrong where a setting is not in force.

    Raises:
        TieoutError: one does; the message names it.
    """
    for name, value in EXACT.items():
        found = session.conf.get(name, "")
        if str(found).lower() != value.lower():
            raise TieoutError(
                f"Spark's {name} is {found!r} and stays so",
                f"set {name} to {value} on the cluster: without it figures differ silently",
            )
    asked = session.sql(
        "select cast(1 as decimal(38, 18)) / 3 as third, cast('2026-01-01 00:00:00' as timestamp) as midnight"
    )
    kinds = {field.name: field.dataType.simpleString() for field in asked.schema.fields}
    if kinds["midnight"] != "timestamp_ntz":
        raise TieoutError(
            f"Spark's timestamps are {kinds['midnight']}", "Tieout needs Spark 4.1 or newer"
        )


def _bytes(lake: Path) -> int:
    return sum(path.stat().st_size for path in lake.glob("log.*/*/*/*.parquet"))
