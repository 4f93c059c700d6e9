"""Scores pairs of customer records with the trained model, inside the connection that builds the
warehouse."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from tieout.company.home import home
from tieout.errors import TieoutError
from tieout.identity.comparisons import RECORDS, TERMS, settings
from tieout.identity.names import functions
from tieout.landing.column_types import literal

if TYPE_CHECKING:
    from splink import Linker

HERE = Path(__file__).parent
MODEL = HERE / "customer_model.json"
"""The trained model that comes along: the same input and the same file give the same links."""

SAME_BY_NAME = (
    "(gamma_name >= 6 and (gamma_address >= 1 or (gamma_country = 1"
    " and greatest(gamma_address, gamma_phone, gamma_web, gamma_numbers) = -1)))"
)
"""The same name in one town, or of a list that has names and countries alone, is kept however
frequent its words are: in a cluster each pair that is not kept speaks against the others."""

CHUNKS = 8
SMALL = 5_000

Progress = Callable[[int, int], None]
"""Called with the chunks that are scored, and how many there are."""


def model_in_use() -> Path:
    """The model that builds score with: the company's, once `tieout train` has written one, else
    the one that came."""
    own = own_model()
    return own if own.exists() else MODEL


def own_model() -> Path:
    """Where `tieout train` writes: the company's folder, or the checkout's own file."""
    company = home()
    return company.folder / MODEL.name if company.is_own else MODEL


def scored_pairs(
    records: pa.Table,
    model: Path,
    above: float,
    progress: Progress,
    beside: duckdb.DuckDBPyConnection | None = None,
) -> pa.Table:
    """One row per pair of records whose probability is at least `above`, with the level of each
    comparison.

    It works in a database of its own, in memory: Splink's many tables never touch the warehouse.

    Args:
        beside: the connection that builds the warehouse, whose memory it shares.
        records: the columns of int_customer_compared.
        model: Splink's trained settings.
        above: the least probability that is kept.
        progress: told after each of the chunks.

    Raises:
        TieoutError: the model is missing, is not fully trained, or compares by other things than this version does.
    """
    trained = read_model(model)["splink"]
    with duckdb.connect(":memory:") as own, _sharing(own, beside) as connection, quiet_splink():
        connection.execute("set preserve_insertion_order = false")
        connection.register("records", records)
        if not _has_pairs(connection):
            return connection.execute(_nothing()).to_arrow_table()
        linker = linked(connection, "records", trained)
        if not linker._settings_obj._is_fully_trained:
            raise TieoutError(
                f"{model.name} is not trained to the end",
                "restore it with git: `tieout train` goes on from one that is there",
            )
        connection.execute(f"create table scored as {_nothing()}")
        levels = ", ".join(f"max(gamma_{name})" for name in _names())
        chunks = CHUNKS if records.num_rows > SMALL else 1
        for chunk in range(1, chunks + 1):
            found = linker.inference.predict_chunk(
                left_chunk=(chunk, chunks),
                right_chunk=(1, 1),
                threshold_match_probability=above / 100,
            )
            connection.execute(
                "insert into scored select least(record_id_l, record_id_r), greatest(record_id_l, record_id_r),"
                # Six places: nobody's threshold is finer, and engines differ beyond.
                f" cast(max(match_probability) as decimal(9, 6)), cast(max(match_weight) as decimal(9, 3)), {levels}"
                f" from {found.physical_name} where match_probability >= {above} or {SAME_BY_NAME} group by 1, 2"
            )
            found.drop_table_from_database_and_remove_from_cache()
            progress(chunk, chunks)
        return connection.execute("select * from scored order by 1, 2").to_arrow_table()


def read_model(model: Path) -> dict[str, Any]:
    """What the file holds; its key `splink` has the trained settings.

    Raises:
        TieoutError: there is no such file, it is no model, or it was trained for other comparisons.
    """
    if not model.exists():
        raise TieoutError(
            f"there is no trained model: {model} does not exist",
            "restore it with git: `tieout train` goes on from one that is there",
        )
    try:
        trained: dict[str, Any] = json.loads(model.read_text(encoding="utf-8"))
        conditions = _conditions(trained["splink"])
    except (ValueError, KeyError, TypeError) as error:
        raise TieoutError(f"{model} is no trained model", "restore it with git") from error
    if conditions != _conditions(settings()):
        raise TieoutError(
            f"{model.name} was trained for other comparisons than this version makes",
            "restore with git the one that came along with this version, then `tieout train` again if you had your own",
        )
    return trained


@contextmanager
def _sharing(
    connection: duckdb.DuckDBPyConnection, beside: duckdb.DuckDBPyConnection | None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Meanwhile each of the two has half of the memory of the other; what does not fit is written
    beside its file."""
    if beside is None:
        yield connection
        return
    limit, threads, spilled = beside.execute(
        "select current_setting('memory_limit'), current_setting('threads'), current_setting('temp_directory')"
    ).fetchone() or ("", 0, "")
    number, unit = limit.split()
    half = f"{float(number) / 2:.1f} {unit}"
    # It is told in tenths, and what is beyond them cut off.
    whole = f"{float(number) + 0.05:.2f} {unit}"
    connection.execute(f"set threads = {threads}")
    connection.execute(f"set temp_directory = {literal(f'{spilled}.pairs')}")
    connection.execute(f"set memory_limit = {literal(half)}")
    beside.execute(f"set memory_limit = {literal(half)}")
    try:
        yield connection
    finally:
        beside.execute(f"set memory_limit = {literal(whole)}")


def _has_pairs(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether any two records would be compared at all: Splink takes a second to find out."""
    found = connection.execute("""
        with keyed as (select cluster_id, unnest(block_keys) as block_key from records)
        select 1 from keyed group by block_key having min(cluster_id) < max(cluster_id) limit 1
    """).fetchone()
    return found is not None


def linked(connection: duckdb.DuckDBPyConnection, records: str, wanted: dict[str, Any]) -> Linker:
    """A linker over the records, with the functions that compare names and with the frequencies of
    values."""
    from splink import DuckDBAPI, Linker, SettingsCreator

    functions.register(connection)
    api = DuckDBAPI(connection)
    connection.execute(
        f"create or replace temp view __splink__named as select * replace (name_id(names) as names) from {records}"
    )
    linker = Linker(
        api.register("__splink__named"),
        SettingsCreator(**{k: v for k, v in wanted.items() if k != "sql_dialect"}),
    )
    for term, counted in TERMS.items():
        # In steps of two: a single record more moves no score but across a step, and only of those
        # who share the value.
        connection.execute(
            f"create or replace temp table __splink__terms_{term} as select {term},"
            f" least(0.5, pow(2, ceil(log2(greatest(count(distinct {counted}), 2)))) / {RECORDS}) as tf_{term}"
            f" from {records} where {term} is not null group by {term}"
        )
        linker.table_management.register_term_frequency_lookup(
            api.register(f"__splink__terms_{term}"), term
        )
    return linker


@contextmanager
def quiet_splink() -> Iterator[None]:
    """Splink's notes on its progress stay out of a build's output; what matters of them is
    raised."""
    loggers = [logging.getLogger(name) for name in ("splink", "splink.internals")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _names() -> list[str]:
    return [str(comparison["output_column_name"]) for comparison in settings()["comparisons"]]


def _nothing() -> str:
    columns = ", ".join(f"cast(null as integer) as {name}_level" for name in _names())
    return (
        "select cast(null as varchar) as left_record_id, cast(null as varchar) as right_record_id,"
        " cast(null as decimal(9, 6)) as probability, cast(null as decimal(9, 3)) as match_weight,"
        f" {columns} where false"
    )


def _conditions(wanted: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [
        (
            comparison["output_column_name"],
            [level["sql_condition"] for level in comparison["comparison_levels"]],
        )
        for comparison in wanted["comparisons"]
    ]
