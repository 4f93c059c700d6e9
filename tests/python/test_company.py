"""A company's own folder: what `tieout init` writes, what its settings may say, and what the doctor
finds in it."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
import yaml

from tieout import doctor
from tieout.company.home import home
from tieout.company.init import write_folder, write_templates
from tieout.company.judgement import overrides, reference
from tieout.company.link import link
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
    (acme / "seeds" / "source_systems.csv").write_text(
        "source_system,legal_entity\n", encoding="utf-8"
    )
    for path in (acme / "imports" / "office").iterdir():
        path.unlink()
    assert write_folder(acme) == [Path("seeds/working_time.csv")]
    assert (acme / "tieout.toml").read_text(encoding="utf-8") == 'reporting_currency = "EUR"\n'
    assert list((acme / "imports" / "office").iterdir()) == []


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"")
    with pytest.raises(TieoutError, match="holds something else"):
        write_folder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


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


def test_a_profile_of_the_companys_own_is_kept(acme: Path) -> None:
    (acme / "profiles.yml").write_text("tieout: {}\n", encoding="utf-8")
    link(home())
    assert (acme / "profiles.yml").read_text(encoding="utf-8") == "tieout: {}\n"


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
    path.write_text(
        path.read_text(encoding="utf-8")
        + "settled,timing,,booked_to_contracted,Ours,Nobody,Nothing\nours,timing,,booked_to_contracted,New,Us,Wait\n",
        encoding="utf-8",
    )
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
            "create table marts.dim_account as from (values ('ledger', '400', 'Sales', 'revenue', 'other'),"
            " ('ledger', '401', 'Fees', 'revenue', 'revenue'), ('ledger', '700', 'Rent', 'expense', 'other'))"
            " as t (source_system, account_code, account_name, account_type, account_role)"
        )
        marts.execute(
            "create table marts.fct_stage_events as from (values ('EUR', null), ('EUR', null), ('GBP', 1.00))"
            " as t (currency, reporting_amount)"
        )
    found = notes(acme)
    assert found["source_systems"] == "note: without a line: till"
    assert found["account_roles"] == "note: revenue accounts without a role: ledger 400"
    assert found["exchange rates"] == "note: none for EUR (2 events)"
    assert found["reporting currency"].startswith("wrong")


def test_every_entity_has_a_commented_template(tmp_path: Path) -> None:
    assert {path.stem for path in write_templates(tmp_path)} == entities().keys()
    for name, entity in entities().items():
        lines = (tmp_path / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        assert lines[-1].split(",") == list(entity.columns)
        assert [line.split(":")[0] for line in lines[1:-1]] == [
            f"# {column}" for column in entity.columns
        ]
