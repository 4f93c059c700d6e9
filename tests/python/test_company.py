"""A company's own folder: what `tieout init` writes, what its settings may say, and what the doctor
finds in it."""

from __future__ import annotations

import csv
import re
import runpy
import shlex
import sys
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pytest
import yaml

from tieout import doctor, remedies
from tieout.cli.options import HERE, WAREHOUSE, settings_of
from tieout.company.home import home, rows_of
from tieout.company.init import write_folder, write_templates
from tieout.company.judgement import overrides, reference
from tieout.company.link import company_seeds, link
from tieout.errors import TieoutError
from tieout.input_layer import entities
from tieout.settings import PROJECT

pytestmark = pytest.mark.unit


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new company, and the folder that commands run in."""
    write_folder(tmp_path / "acme")
    monkeypatch.chdir(tmp_path / "acme")
    return tmp_path / "acme"


def package(folder: Path) -> dict[str, object]:
    """The package's project file, as dbt reads it."""
    text = (folder / "dbt_packages" / "tieout" / "dbt_project.yml").read_text(encoding="utf-8")
    said: dict[str, object] = yaml.safe_load(text)
    return said


def notes(folder: Path) -> dict[str, str]:
    found = doctor.examine(folder / ".dlt", folder / "warehouse")
    return {one.subject: f"{one.verdict}: {one.said}" for one in found if one.verdict != "good"}


def test_a_second_init_adds_what_is_missing_and_changes_nothing(acme: Path) -> None:
    (acme / "tieout.toml").write_text('reporting_currency = "EUR"\n', encoding="utf-8")
    (acme / "seeds" / "working_time.csv").unlink()
    seeds = acme / "seeds" / "source_systems.csv"
    said = ",".join(company_seeds()["source_systems"]) + "\n"
    seeds.write_text(said, encoding="utf-8")
    for path in (acme / "imports" / "office").iterdir():
        path.unlink()
    assert write_folder(acme) == [Path("seeds/working_time.csv")]
    assert (acme / "tieout.toml").read_text(encoding="utf-8") == 'reporting_currency = "EUR"\n'
    assert list((acme / "imports" / "office").iterdir()) == []
    assert seeds.read_text(encoding="utf-8") == said


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"")
    with pytest.raises(TieoutError, match="holds something else"):
        write_folder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


def test_a_new_repository_becomes_a_companys_folder(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "README.md").write_text("Ours\n", encoding="utf-8")
    (tmp_path / ".gitignore").write_text("*.tmp\ntarget/\n!profiles.yml", encoding="utf-8")
    written = write_folder(tmp_path)
    assert Path(".gitignore") in written and Path("README.md") not in written
    lines = (tmp_path / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert lines[:3] == ["*.tmp", "target/", "!profiles.yml"]
    assert {".dlt/secrets.toml", "warehouse/", "dbt_packages/"} <= set(lines)
    assert lines.count("target/") == 1 and "profiles.yml" not in lines
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "Ours\n"
    assert write_folder(tmp_path) == []


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("Acme Ltd.", "acme_ltd"),
        ("2nd site", "company_2nd_site"),
        *((word, f"company_{word.lower()}") for word in ("tieout", "dbt")),
        ("dbt-duckdb", "company_dbt_duckdb"),
        *((word, f"company_{word.lower()}") for word in ("on", "No", "true", "null", "y")),
        ("123e4", "company_123e4"),
        *((word, f"company_{word}") for word in ("api", "config", "target")),
    ],
)
def test_a_folders_name_becomes_a_projects(tmp_path: Path, folder: str, name: str) -> None:
    write_folder(tmp_path / folder)
    text = (tmp_path / folder / "dbt_project.yml").read_text(encoding="utf-8")
    said = yaml.safe_load(text)
    assert said["name"] == name and list(said["models"]) == [name]
    assert said["dispatch"][0]["search_order"] == [name, "tieout", "dbt"]


def test_the_crontab_runs_in_any_folder_and_tells_of_a_failure(tmp_path: Path) -> None:
    write_folder(tmp_path / "acme")
    crontab = (tmp_path / "acme" / "examples" / "crontab").read_text(encoding="utf-8")
    assert str(tmp_path) not in crontab and sys.prefix not in crontab
    (line,) = (one for one in crontab.splitlines() if one.startswith("30 5 * * * "))
    command = line.removeprefix("30 5 * * * ")
    # A folder with a space keeps being one word.
    words = shlex.split(command.replace("/path/to/this/folder", "/our books"))
    assert words[:5] == ["cd", "/our books", "&&", "mkdir", "-p"]
    assert shlex.split(command.replace("/path/to/venv", "/a b"))[7] == "/a b/bin/tieout"


def test_the_workflow_installs_the_wheel_and_nothing_of_that_name_from_an_index(
    acme: Path,
) -> None:
    workflow = yaml.safe_load((acme / "examples" / "github_workflow.yml").read_text("utf-8"))
    steps = [step["run"] for step in workflow["jobs"]["build"]["steps"] if "run" in step]
    assert [step for step in steps if "install" in step] == ["pip install wheels/tieout-*.whl"]


def test_the_page_of_the_imports_names_the_setting_that_reads_them(acme: Path) -> None:
    config = (acme / ".dlt" / "config.toml").read_text(encoding="utf-8").splitlines()
    place = config.index("[sources.imports]")
    page = (acme / "imports" / "README.md").read_text(encoding="utf-8")
    assert config[place] in page and f"`{config[place + 1]}`" in page
    assert config[place + 2 : place + 3] in ([], [""])


def test_nobody_else_reads_the_secrets_and_git_ignores_them(acme: Path) -> None:
    assert (acme / ".dlt" / "secrets.toml").stat().st_mode & 0o077 == 0
    assert ".dlt/secrets.toml" in (acme / ".gitignore").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('reporting_currency = "eur"', "three capitals"),
        ("reporting_currency = 3", "three capitals"),
        ("fiscal_year_starts_in_month = 13", "month from 1 to 12"),
        ("fiscal_year_starts_in_month = true", "month from 1 to 12"),
        ('systems = ["sap"]', "give a list of"),
        ('systems = "xero"', "give a list of"),
        ('memory = "much"', "such as 3GB"),
        ("threads = 0", "number of threads"),
        ('time_zone = "x; drop"', "IANA name"),
        ('time_zone = "Europe/Londn"', "IANA name"),
        ('time_zone = "Europe"', "IANA name"),
        ('time_zone = "../zone"', "IANA name"),
        ('time_zone = ""', "IANA name"),
        ("time_zone = 1", "IANA name"),
        ('currency = "EUR"', "is no setting"),
        ("currency", "is not TOML"),
    ],
)
def test_a_setting_that_will_not_do_is_named(acme: Path, line: str, what: str) -> None:
    (acme / "tieout.toml").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(TieoutError, match=re.escape(what)) as told:
        home()
    assert "tieout.toml" in told.value.cause


def test_the_package_says_what_the_company_says(acme: Path) -> None:
    (acme / "tieout.toml").write_text(
        'reporting_currency = "CHF"\nfiscal_year_starts_in_month = 7\nthreads = 8\nmemory = "12GB"\n',
        encoding="utf-8",
    )
    link(home())
    said = package(acme)
    assert said["vars"]["reporting_currency"] == "CHF"  # type: ignore[index]
    assert said["vars"]["fiscal_year_starts_in_month"] == 7  # type: ignore[index]
    profile = (acme / "profiles.yml").read_text(encoding="utf-8")
    assert "'TIEOUT_MEMORY', '12GB'" in profile and "'TIEOUT_THREADS', '8'" in profile


def test_the_doctor_says_how_much_memory_a_build_takes_and_who_says_so(
    acme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TIEOUT_MEMORY", raising=False)
    (acme / "tieout.toml").write_text('memory = "12GB"\n', encoding="utf-8")

    def told() -> str:
        found = doctor.examine(acme / ".dlt", acme / "warehouse")
        return next(one.said for one in found if one.subject == "memory")

    assert "12GB at most (memory in tieout.toml)" in told()
    monkeypatch.setenv("TIEOUT_MEMORY", "2GB")
    assert "2GB at most (TIEOUT_MEMORY)" in told()
    monkeypatch.delenv("TIEOUT_MEMORY")
    (acme / "tieout.toml").write_text("", encoding="utf-8")
    assert "3GB at most (TIEOUT_MEMORY)" in told()


def test_no_remedy_names_what_the_wheel_does_not_bring(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "tieout demo" in remedies.RUN_FIRST and "docs/" in remedies.CONNECT
    found = find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec",
        lambda name, *more: None if name == "tieout_demo" else found(name, *more),
    )
    said = runpy.run_path(str(PROJECT / "pipelines" / "tieout" / "remedies.py"))
    assert said["RUN_FIRST"] == "run `tieout run` first" and "docs/" not in said["CONNECT"]
    for path in (PROJECT / "pipelines" / "tieout").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        # Docstrings may name decisions, for whoever reads the code.
        named = re.findall(r"docs/guides/|tieout demo", text)
        assert not named or "HAS_DEMO" in text, path


def test_a_profile_of_the_companys_own_is_kept(acme: Path) -> None:
    (acme / "profiles.yml").write_text("tieout: {}\n", encoding="utf-8")
    link(home())
    assert (acme / "profiles.yml").read_text(encoding="utf-8") == "tieout: {}\n"


def test_a_project_that_would_read_values_with_dbts_own_macros_is_refused(acme: Path) -> None:
    path = acme / "dbt_project.yml"
    written = path.read_text(encoding="utf-8")
    order = 'search_order: ["acme", tieout, dbt]'
    assert order in written
    for without in (
        written.replace("dispatch:", "vars:").replace("  - macro_namespace: dbt", "  ours:"),
        written.replace(order, "search_order: [acme, dbt, tieout]"),
        written.replace(order, "search_order: [acme, dbt]"),
        written.replace("macro_namespace: dbt", "macro_namespace: dbt_utils"),
    ):
        path.write_text(without, encoding="utf-8")
        with pytest.raises(TieoutError, match=r"dbt_project\.yml") as told:
            link(home())
        assert "[acme, tieout, dbt]" in told.value.remedy
    path.write_text(written.replace(order, "search_order: [tieout, dbt]"), encoding="utf-8")
    link(home())


@pytest.mark.parametrize("inside", ["seeds", "imports/office"])
def test_inside_a_companys_folder_nothing_is_run_or_made(
    acme: Path, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    monkeypatch.chdir(acme / inside)
    before = sorted(acme.rglob("*"))
    with pytest.raises(TieoutError, match="inside a company's folder") as told:
        settings_of(HERE, None, None, WAREHOUSE)
    assert told.value.remedy == f"run it in {acme}"
    assert sorted(acme.rglob("*")) == before


def test_a_folder_that_is_no_companys_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tieout.company.home.PROJECT", tmp_path)
    with pytest.raises(TieoutError, match="no tieout"):
        settings_of(HERE, None, None, WAREHOUSE)
    assert list(tmp_path.iterdir()) == []


def test_a_checkout_inside_a_companys_folder_is_on_its_own(
    acme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = acme / "tieout"
    (checkout / "seeds" / "company").mkdir(parents=True)
    monkeypatch.setattr("tieout.company.home.PROJECT", checkout)
    monkeypatch.chdir(checkout / "seeds")
    assert home().folder == checkout and not home().is_own


def test_what_stands_in_the_packages_place_is_not_overwritten(acme: Path) -> None:
    place = acme / "dbt_packages" / "tieout" / "models"
    place.unlink()
    place.mkdir()
    (place / "mine.sql").write_text("select 1", encoding="utf-8")
    with pytest.raises(TieoutError, match="in the way"):
        link(home())
    assert (place / "mine.sql").exists()


def test_a_seed_without_a_file_is_supplied_until_there_is_one(acme: Path) -> None:
    missing = acme / "dbt_packages" / "tieout" / "seeds" / "missing"
    assert list(missing.iterdir()) == []
    text = (acme / "seeds" / "job_links.csv").read_text(encoding="utf-8")
    (acme / "seeds" / "job_links.csv").unlink()
    link(home())
    assert {path.name: path.read_text(encoding="utf-8") for path in missing.iterdir()} == {
        "job_links.csv": text
    }
    (acme / "seeds" / "job_links.csv").write_text(text, encoding="utf-8")
    link(home())
    assert list(missing.iterdir()) == []


def test_a_seed_in_a_folder_of_the_seeds_is_the_companys_own(acme: Path) -> None:
    (acme / "seeds" / "links").mkdir()
    moved = acme / "seeds" / "links" / "job_links.csv"
    (acme / "seeds" / "job_links.csv").rename(moved)
    link(home())
    assert list((acme / "dbt_packages" / "tieout" / "seeds" / "missing").iterdir()) == []
    assert home().seed("job_links") == moved


def test_what_another_command_is_writing_is_left_alone(acme: Path) -> None:
    missing = acme / "dbt_packages" / "tieout" / "seeds" / "missing"
    (missing / ".job_links.csv.77").write_text("", encoding="utf-8")
    (missing / "of_an_older_version.csv").write_text("", encoding="utf-8")
    link(home())
    assert [path.name for path in missing.iterdir()] == [".job_links.csv.77"]


@pytest.mark.parametrize(
    ("saved", "what"),
    [
        ("source_system;legal_entity\nxero;Müller GmbH\n".encode("cp1252"), "is not UTF-8"),
        ("source_system;legal_entity\nxero;Ours\n".encode("utf-8-sig"), "semicolons"),
        (b"source_system,legal_entity;;;\nxero,Ours;;;\n", "semicolons"),
        (b"source_system\tlegal_entity\nxero\tOurs\n", "tabs"),
        ("source_system\tlegal_entity\nxero\tOurs\n".encode("utf-16"), "is not UTF-8"),
    ],
)
def test_a_seed_as_a_spreadsheet_saves_it_is_named(acme: Path, saved: bytes, what: str) -> None:
    path = acme / "seeds" / "source_systems.csv"
    path.write_bytes(saved)
    with pytest.raises(TieoutError, match=what) as told:
        link(home())
    assert str(path) in told.value.cause and "commas, UTF-8" in told.value.remedy


def test_a_seed_that_a_spreadsheet_saved_well_is_read(acme: Path) -> None:
    path = acme / "seeds" / "source_systems.csv"
    columns = company_seeds()["source_systems"]
    row = ["xero", "Müller; Söhne", *("" for _ in columns[2:])]
    text = f"{','.join(columns)}\r\n{','.join(row)}\r\n"
    path.write_bytes(text.encode("utf-8-sig"))
    link(home())
    assert rows_of(path) == [dict(zip(columns, row, strict=True))]
    path.write_bytes(b"")
    assert rows_of(path) == []


@pytest.mark.parametrize("name", company_seeds())
def test_a_seed_without_one_of_its_columns_is_refused_by_name(acme: Path, name: str) -> None:
    """Each of them: what is missing is to be added, what is misspelt to be called right."""
    columns, path = company_seeds()[name], acme / "seeds" / f"{name}.csv"
    for place, column in enumerate(columns):
        others = [*columns[:place], *columns[place + 1 :]]
        path.write_text(",".join(others) + "\n", encoding="utf-8")
        with pytest.raises(TieoutError, match=f"has no column {column}$") as told:
            link(home())
        assert str(path) in told.value.cause and f"add {column};" in told.value.remedy
    path.write_text("", encoding="utf-8")
    with pytest.raises(TieoutError, match=f"{name}.csv has no column {columns[0]}, "):
        link(home())
    path.write_text(",".join(["a_note_of_ours", *reversed(columns)]) + "\n", encoding="utf-8")
    link(home())


@pytest.mark.parametrize(
    ("header", "missing", "remedy"),
    [
        ("control,decided_by", "control_id", "call 'control' control_id"),
        ("Control_ID,decided_by", "control_id", "call 'Control_ID' control_id"),
        (" control_id,decided_by", "control_id", "call ' control_id' control_id"),
        ("control_id,decidedby", "decided_by", "call 'decidedby' decided_by"),
        ("control_id", "decided_by", "add decided_by"),
        ("contro_id,x", "control_id, decided_by", "call 'contro_id' control_id and add decided_by"),
    ],
)
def test_a_column_that_is_misspelt_is_named_with_what_it_should_be(
    tmp_path: Path, header: str, missing: str, remedy: str
) -> None:
    path = tmp_path / "own_controls.csv"
    path.write_text(f"{header}\n", encoding="utf-8")
    with pytest.raises(TieoutError, match=f"has no column {missing}$") as told:
        rows_of(path, ("control_id", "decided_by"))
    assert told.value.remedy.startswith(f"in its first line, {remedy}; all of them: ")


@pytest.mark.parametrize(
    ("row", "cells"), [("short_paid,Smith, Jane,2026-07-01", 4), ("short_paid,Smith", 2)]
)
def test_a_row_of_a_seed_with_a_comma_in_a_name_is_named_by_its_line(
    tmp_path: Path, row: str, cells: int
) -> None:
    path = tmp_path / "own_controls.csv"
    path.write_text(f"control_id,decided_by,valid_from\na,b,c\n{row}\n", encoding="utf-8")
    with pytest.raises(TieoutError, match=f"line 3: {cells} cells under 3 columns"):
        rows_of(path)


def test_the_checkout_is_a_company_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert home().folder == PROJECT and not home().is_own
    link(home())
    assert list(tmp_path.iterdir()) == []


def test_a_product_without_a_company_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tieout.company.home.PROJECT", tmp_path)
    with pytest.raises(TieoutError) as told:
        home()
    assert "tieout init" in told.value.remedy


def test_the_companys_row_stands_in_the_products_place(acme: Path) -> None:
    path = acme / "seeds" / "own_bridge_reasons.csv"
    columns = company_seeds()["own_bridge_reasons"]
    with path.open("a", encoding="utf-8", newline="") as file:
        for reason, sentence in (("settled", "Ours"), ("ours", "New")):
            said = {"reason": reason, "gap_class": "timing", "sentence": sentence}
            csv.DictWriter(file, columns).writerow(said)
    rows = {row["reason"]: row["sentence"] for row in reference(home(), "bridge_reasons")}
    assert (rows["settled"], rows["ours"]) == ("Ours", "New")
    assert overrides(home()) == ["bridge_reasons: settled"]
    assert notes(acme)["overrides"] == "note: bridge_reasons: settled"


def test_the_doctor_names_what_is_forgotten(acme: Path) -> None:
    assert (
        not {"source_systems", "account_roles", "exchange rates", "reporting currency"}
        & notes(acme).keys()
    )
    (acme / "tieout.toml").write_text("threads = 1\n", encoding="utf-8")
    roles = acme / "seeds" / "account_roles.csv"
    # That interest is no revenue of jobs was said.
    roles.write_text(roles.read_text(encoding="utf-8") + "xero,270,other\n", encoding="utf-8")
    warehouse = acme / "warehouse"
    (warehouse / "published").mkdir(parents=True)
    with duckdb.connect(str(warehouse / "raw.duckdb")) as raw:
        raw.execute("create schema tieout_meta")
        raw.execute(
            "create table tieout_meta.loads as select unnest(['office', 'till']) as source_system"
        )
    with duckdb.connect(str(warehouse / "published" / "tieout.duckdb")) as marts:
        marts.execute("create schema marts")
        marts.execute(
            "create table marts.dim_account as from (values ('xero', '400', 'Sales', 'revenue', 'other'),"
            " ('xero', '270', 'Interest', 'revenue', 'other'), ('ledger', '400', 'Sales', 'revenue', 'other'),"
            " ('xero', '401', 'Fees', 'revenue', 'revenue'), ('xero', '700', 'Rent', 'expense', 'other'))"
            " as t (source_system, account_code, account_name, account_type, account_role)"
        )
        marts.execute(
            "create table marts.fct_stage_events as from (values ('EUR', null), ('EUR', null), ('GBP', 1.00))"
            " as t (currency, reporting_amount)"
        )
    found = notes(acme)
    assert found["source_systems"] == "note: without a line: till"
    assert found["account_roles"] == "note: revenue accounts without a role: xero 400"
    assert found["exchange rates"] == "note: none for EUR (2 events)"
    assert found["reporting currency"].startswith("wrong")


def test_the_doctor_goes_on_where_a_run_is_writing_or_nothing_has_landed_whole(acme: Path) -> None:
    raw = acme / "warehouse" / "raw.duckdb"
    (acme / "warehouse" / "published").mkdir(parents=True)
    with duckdb.connect(str(raw)):
        assert "cannot be read" in notes(acme)["seeds"]
    assert "tieout_meta" in notes(acme)["seeds"]
    raw.unlink()
    duckdb.connect(str(acme / "warehouse" / "published" / "tieout.duckdb")).close()
    found = notes(acme)
    assert "dim_account" in found["seeds"] and found["published"].startswith("note")


def test_every_entity_has_a_commented_template(tmp_path: Path) -> None:
    assert {path.stem for path in write_templates(tmp_path)} == entities().keys()
    for name, entity in entities().items():
        lines = (tmp_path / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        assert lines[-1].split(",") == list(entity.columns)
        assert [line.split(":")[0] for line in lines[1:-1]] == [
            f"# {column}" for column in entity.columns
        ]
