"""The doctor names what is missing, with a remedy; the options of all commands stand where people
write them."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_cli import tieout

from tieout import doctor
from tieout.lock import writing
from tieout.settings import PROJECT, Settings


def verdicts(config: Path, output: Path) -> dict[str, tuple[str, str]]:
    return {
        one.subject: (one.verdict, one.said + one.remedy) for one in doctor.examine(config, output)
    }


def test_an_empty_folder_is_no_fault(tmp_path: Path) -> None:
    found = verdicts(tmp_path / ".dlt", tmp_path / "warehouse")
    assert {subject for subject, (verdict, _) in found.items() if verdict == "wrong"} == set()
    assert found["systems"][0] == "note" and found["published"][0] == "note"
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_is_named_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / ".dlt"
    config.mkdir()
    (config / "config.toml").write_text("[sources\n", encoding="utf-8")
    (config / "secrets.toml").write_text(
        '[sources.hubspot]\ntoken = "planted-secret-77"\n', encoding="utf-8"
    )
    (config / "secrets.toml").chmod(0o644)
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("TIEOUT_MEMORY", "lots")
    found = verdicts(config, tmp_path / "file")
    wrong = {subject: said for subject, (verdict, said) in found.items() if verdict == "wrong"}
    assert set(wrong) == {"memory", "output", str(config / "config.toml")}
    (config / "config.toml").write_text("", encoding="utf-8")
    answer = tieout("doctor", "--config", str(config), "--output", str(tmp_path / "warehouse"))
    assert answer.returncode == 1
    assert "secrets.toml" in answer.stderr and "planted-secret" not in answer.stdout + answer.stderr
    assert "chmod 600" in answer.stdout.replace("\n", "")
    (config / "secrets.toml").chmod(0o600)
    answer = tieout("doctor", "--config", str(config), "--output", str(tmp_path / "warehouse"))
    assert answer.returncode == 0


def test_a_role_that_nobody_fills_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    company = tmp_path / "acme"
    assert tieout("init", str(company)).returncode == 0
    monkeypatch.chdir(company)
    seed = company / "seeds" / "responsibilities.csv"
    heading = seed.read_text(encoding="utf-8").splitlines()[0].split(",")
    row = {"responsible": "Bo", "owner_role": "billing", "valid_from": "2020-01-01"}
    ended = {**row, "owner_role": "operations", "valid_to": "2021-01-01"}
    lines = [",".join(one.get(column, "") for column in heading) for one in (row, ended)]
    seed.write_text("\n".join([",".join(heading), *lines]) + "\n", encoding="utf-8")
    verdict, said = verdicts(company / ".dlt", company / "warehouse")["responsibilities"]
    assert verdict == "note"
    assert "operations" in said and "billing" not in said


def test_it_says_who_writes_and_what_is_published(
    small_warehouse: Settings, tmp_path: Path
) -> None:
    assert "2026-02-28" in verdicts(tmp_path, small_warehouse.output)["published"][1]
    with writing(tmp_path / "warehouse", "land"):
        verdict, said = verdicts(tmp_path, tmp_path / "warehouse")["lock"]
    assert verdict == "note" and "tieout land" in said and str(os.getpid()) in said
    assert verdicts(tmp_path, tmp_path / "warehouse")["lock"][0] == "good"


def test_the_version_is_said() -> None:
    answer = tieout("--version")
    assert answer.returncode == 0 and answer.stdout.startswith("tieout 0")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_completion(shell: str) -> None:
    script = [str(Path(sys.executable).parent / "tieout")]
    asked = {
        "_TIEOUT_COMPLETE": f"source_{shell}",
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(PROJECT / "pipelines"),
    }
    source = subprocess.run(script, env=asked, capture_output=True, text=True, check=True).stdout
    assert f"complete_{shell}" in source
    typed = {"COMP_WORDS": "tieout exc", "COMP_CWORD": "1", "_TYPER_COMPLETE_ARGS": "tieout exc"}
    asked |= {
        "_TIEOUT_COMPLETE": f"complete_{shell}",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        **typed,
    }
    assert (
        "exceptions"
        in subprocess.run(script, env=asked, capture_output=True, text=True, check=False).stdout
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["exceptions", "--severity", "hihg"],
        ["exceptions", "--status", "shut"],
        ["controls", "--fail-on", "hihg"],
        ["review", "--entity", "person s"],
        ["bridge", "--format", "xml"],
        ["exceptions", "--format", "xml"],
    ],
)
def test_a_misspelt_word_is_answered_with_the_right_ones(arguments: list[str]) -> None:
    answer = tieout(*arguments)
    assert answer.returncode == 2
    assert arguments[-1] in answer.stderr and (
        "'high'" in answer.stderr or "one of" in answer.stderr
    )


@pytest.mark.parametrize(
    "command", [["controls"], ["exceptions"], ["review"], ["review", "--entity", "job"]]
)
def test_what_is_listed_can_be_read_by_a_program(
    small_warehouse: Settings, command: list[str]
) -> None:
    output = ("--output", str(small_warehouse.output))
    as_json = json.loads(tieout(*command, *output, "--format", "json").stdout)
    as_csv = list(csv.DictReader(io.StringIO(tieout(*command, *output, "--format", "csv").stdout)))
    assert len(as_csv) == len(as_json)
    assert as_json or command != ["controls"]
    if as_json:
        assert list(as_csv[0]) == list(as_json[0])
    amounts = [
        value
        for row in as_json
        for name, value in row.items()
        if name.endswith("amount") and value is not None
    ]
    assert all(isinstance(amount, str) for amount in amounts)


@pytest.mark.parametrize("group", ["exceptions", "review"])
def test_the_output_may_follow_the_sub_command(
    small_warehouse: Settings, tmp_path: Path, group: str
) -> None:
    output = ("--output", str(small_warehouse.output.resolve()))
    before = tieout(group, *output, "show", "ffff", cwd=tmp_path)
    after = tieout(group, "show", "ffff", *output, cwd=tmp_path)
    assert before.returncode == after.returncode == 1
    assert before.stderr == after.stderr and "key" in after.stderr
    assert "published" in tieout(group, "show", "ffff", cwd=tmp_path).stderr
