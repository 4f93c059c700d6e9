"""What crosses from the systems into the warehouse is the input layer, and nothing below staging
knows a system."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
import yaml

from tieout.landing.land import land
from tieout.settings import Settings
from tieout.warehouse.build import build

PROJECT = Path(__file__).parents[2]
MODELS = PROJECT / "models"
SMALL_COMPANY = PROJECT / "tests" / "fixtures" / "small_company"
ENTITIES = yaml.safe_load(
    (PROJECT / "pipelines" / "tieout" / "input_layer.yml").read_text(encoding="utf-8")
)
VARS = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
SYSTEMS: dict[str, list[str]] = VARS["systems"]
IN_SHAPE: dict[str, list[str]] = VARS["landed_in_shape"]
# Systems tell more than files do (which customers were merged into which): that has no entity here.
STAGED = [
    (system, entity)
    for system, entities in SYSTEMS.items()
    for entity in entities
    if entity in ENTITIES and entity in IN_SHAPE.get(system, entities)
]
TYPES = {
    "text": "VARCHAR",
    "code": "VARCHAR",
    "currency": "VARCHAR",
    "country": "VARCHAR",
    "amount": "DECIMAL(18,2)",
    "number": "DECIMAL(18,6)",
    "rate": "DECIMAL(28,12)",
    "fraction": "DECIMAL(18,6)",
    "integer": "INTEGER",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
}
LINEAGE = [("source_system", "VARCHAR"), ("load_id", "VARCHAR"), ("landed_at", "TIMESTAMP")]


def declared(entity: str) -> list[tuple[str, str]]:
    """The entity's columns in order, with the engine's types."""
    columns: dict[str, str] = ENTITIES[entity]["columns"]
    return [(name, TYPES[kind.split()[0].removesuffix("!")]) for name, kind in columns.items()]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """The log and what is built of it up to conformed, every system's tables included."""
    settings = Settings(output=tmp_path_factory.mktemp("layer") / "warehouse", systems=("imports",))
    settings.prepare()
    land(["imports"], SMALL_COMPANY, settings.config, settings.output)
    build(
        settings,
        lambda *_: None,
        ["+path:models/conformed", "--exclude-resource-type", "test", "unit_test"],
    )
    connection = duckdb.connect()
    connection.execute(f"attach '{settings.raw}' as raw (read_only)")
    connection.execute(f"attach '{settings.build}' as build (read_only)")
    return connection


def described(connection: duckdb.DuckDBPyConnection, relation: str) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in connection.execute(f"describe build.{relation}").fetchall()]


@pytest.mark.parametrize(("system", "entity"), STAGED, ids=lambda part: part)
def test_staging_has_the_input_layers_columns_in_order(
    built: duckdb.DuckDBPyConnection, system: str, entity: str
) -> None:
    wanted = declared(entity) + LINEAGE
    # A staging model may keep an id of its source beside them, for the models of its folder.
    found = [
        column for column in described(built, f"staging.stg_{system}__{entity}") if column in wanted
    ]
    assert found == wanted


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_entity_is_conformed_with_the_input_layers_columns(
    built: duckdb.DuckDBPyConnection, entity: str
) -> None:
    signed = [("signed_net_amount", "DECIMAL(18,2)"), ("signed_tax_amount", "DECIMAL(18,2)")]
    own = signed if entity == "invoice_lines" else []
    assert described(built, f"conformed.cnf_{entity}") == declared(entity) + own + LINEAGE


def test_every_system_with_staging_models_is_switched_on_for_each_of_them() -> None:
    found = {
        (path.parent.name, path.stem.split("__", 1)[1])
        for path in MODELS.glob("staging/*/stg_*.sql")
        if path.stem.split("__", 1)[1] in ENTITIES
    }
    assert found == set(STAGED)


def test_no_model_above_staging_names_a_system() -> None:
    names = {path.name for path in (MODELS / "staging").iterdir() if path.is_dir()} | {
        "recruitment",
        "treasury",
    }
    known = re.compile(rf"\b({'|'.join(sorted(names))})\b|stg_\w+__", re.IGNORECASE)
    models = [
        path for path in MODELS.rglob("*.sql") if "staging" not in path.relative_to(MODELS).parts
    ]
    assert len(models) > len(ENTITIES)
    assert [
        str(path.relative_to(PROJECT))
        for path in models
        if known.search(path.read_text(encoding="utf-8"))
    ] == []
