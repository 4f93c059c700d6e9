"""The wheel alone, in an environment that has nothing else of the project, and in a folder of a
company's own."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tieout.company.init import write_folder
from tieout.company.judgement import references
from tieout.company.link import company_seeds, descriptions
from tieout.settings import PROJECT, Settings

PARTS = (
    *(
        "pipelines",
        "models",
        "macros",
        "seeds",
        "tests/generic",
        "tests/singular",
        "tests/fixtures/small_company",
    ),
    *(
        "dbt_project.yml",
        "profiles.yml",
        "pyproject.toml",
        "setup.py",
        "MANIFEST.in",
        "README.md",
        "LICENSE",
    ),
)
AS_OF = "2026-02-28"
WEEKEND = "{{ weekday('date_on') }} >= 6 as is_weekend"
FRIDAYS = "select distinct is_weekend from marts.dim_calendar where weekday_number = 5"
MADE = ("warehouse", "target", "logs", "dbt_packages", "profiles.yml", ".user.yml")
"""What git ignores in a company's folder."""


def wheel(folder: Path, change: Callable[[Path], None] | None = None) -> Path:
    """The wheel of a copy of the repository, changed or not."""
    source = folder / "source"
    for part in PARTS:
        (source / part).parent.mkdir(parents=True, exist_ok=True)
        if (PROJECT / part).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(PROJECT / part, source / part, ignore=ignored)
        else:
            shutil.copyfile(PROJECT / part, source / part)
    if change is not None:
        change(source)
    options = [
        "--quiet",
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
        "--disable-pip-version-check",
    ]
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        *options,
        "--wheel-dir",
        str(folder),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


class Environment:
    """A virtual environment with what Tieout depends on, and nothing of Tieout."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        site = Path(
            sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
        )
        # Links to everything that is installed beside these tests but for Tieout, and what points
        # to the checkout.
        dependencies = folder / "dependencies"
        dependencies.mkdir()
        for path in Path(sysconfig.get_path("purelib")).iterdir():
            if "tieout" not in path.name and path.suffix != ".pth":
                (dependencies / path.name).symlink_to(path)
        (site / "dependencies.pth").write_text(f"{dependencies}\n", encoding="utf-8")
        self.python = folder / "bin" / "python"
        self.variables = {
            "PATH": f"{folder / 'bin'}:/usr/bin:/bin",
            "HOME": str(folder),
            "COLUMNS": "160",
        }

    def install(self, made: Path) -> None:
        """The wheel, in the place of an older one."""
        options = ["--quiet", "--no-index", "--no-deps", "--disable-pip-version-check"]
        pip = [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(self.python),
            "install",
            *options,
            "--upgrade",
            str(made),
        ]
        subprocess.run(pip, check=True, capture_output=True, env=self.variables)

    def run(self, folder: Path, *words: str) -> str:
        """What a command says, which must end well."""
        done = subprocess.run(
            list(words), cwd=folder, env=self.variables, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def dbt(self, folder: Path, *words: str) -> str:
        """dbt, as its own script starts it."""
        return self.run(
            folder, str(self.python), "-c", "from dbt.cli.main import cli; cli()", *words
        )


def own_files(folder: Path) -> dict[str, str]:
    """The company's files, each with its content's hash."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] not in MADE
    }


def answers(folder: Path, query: str, file: str = "build.duckdb") -> list[tuple[object, ...]]:
    with duckdb.connect(str(folder / "warehouse" / file), read_only=True) as connection:
        return connection.execute(query).fetchall()


def newer(source: Path) -> None:
    """The next version: another number, and a model that says something else."""
    project = source / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    project.write_text(
        re.sub(r'^version = ".*"$', 'version = "99.0"', text, flags=re.MULTILINE), encoding="utf-8"
    )
    model = source / "models" / "intermediate" / "settings" / "int_calendar.sql"
    text = model.read_text(encoding="utf-8")
    assert text.count(WEEKEND) == 1
    model.write_text(text.replace(WEEKEND, WEEKEND.replace(">= 6", ">= 5")), encoding="utf-8")
    # A seed that older companies have no file of.
    _add(
        source / "seeds" / "standard" / "_company.yml",
        "  - name: asked_for_later\n",
        "    config: {column_types: {word: text}}\n",
    )


def _add(path: Path, *lines: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(lines)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    made = Environment(tmp_path_factory.mktemp("environment") / "venv")
    absent = subprocess.run(
        [made.python, "-c", "import tieout"], env=made.variables, capture_output=True, check=False
    )
    assert b"No module named 'tieout'" in absent.stderr
    made.install(wheel(tmp_path_factory.mktemp("wheel")))
    return made


@pytest.fixture(scope="module")
def company(environment: Environment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company that was made, said something of its own, and ran once."""
    here = tmp_path_factory.mktemp("company")
    environment.run(here, "tieout", "init", "acme", "--template", "files")
    folder = here / "acme"
    _add(
        folder / "seeds" / "own_free_mail_domains.csv", "acme-mail.example,mail\n", "aol.com,ours\n"
    )
    (folder / "seeds" / "working_time.csv").unlink()
    model = "-- One row per job.\nselect job_key, job_ref from {{ ref('tieout', 'dim_job') }}\n"
    (folder / "models" / "our_jobs.sql").write_text(
        "{{ config(access='public') }}\n" + model, encoding="utf-8"
    )
    environment.run(folder, "tieout", "run", "--as-of", AS_OF)
    return folder


def test_the_wheel_has_the_product_and_nothing_of_a_company(tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel(tmp_path)) as made:
        names = made.namelist()
    assert not [
        name
        for name in names
        if "tieout_demo" in name or "seeds/company" in name or "northgate" in name
    ]
    inside = {
        name.removeprefix("tieout/project/") for name in names if name.startswith("tieout/project/")
    }
    for part in ("models", "macros", "seeds/standard", "tests/generic", "tests/singular"):
        files = [
            path for path in (PROJECT / part).rglob("*") if path.is_file() and path.suffix != ".pyc"
        ]
        assert {str(path.relative_to(PROJECT)) for path in files} <= inside
    packages = {
        name
        for name in names
        if name.startswith("tieout/") and not name.startswith("tieout/project/")
    }
    ours = (path for path in (PROJECT / "pipelines" / "tieout").rglob("*") if path.is_file())
    assert {
        str(path.relative_to(PROJECT / "pipelines")) for path in ours if path.suffix != ".pyc"
    } <= packages


def test_without_the_demo_company_its_command_says_what_to_install(
    environment: Environment, tmp_path: Path
) -> None:
    helped = environment.run(tmp_path, "tieout", "--help")
    assert "init" in helped and "demo" not in helped
    asked = subprocess.run(
        ["tieout", "demo", "--scale", "0.1"],
        cwd=tmp_path,
        env=environment.variables,
        capture_output=True,
        text=True,
        check=False,
    )
    said = " ".join((asked.stdout + asked.stderr).split())
    assert asked.returncode == 1 and "Traceback" not in said
    assert "the demo company is not installed" in said and "clone the repository" in said


def test_a_run_on_the_sample_publishes_with_the_companys_own_model(company: Path) -> None:
    jobs = answers(
        company,
        "select count(*), count(distinct job_key) from marts.our_jobs",
        "published/tieout.duckdb",
    )
    assert jobs == answers(company, "select count(*), count(*) from marts.dim_job") and jobs != [
        (0, 0)
    ]
    assert answers(
        company, "select 1 from marts.fct_stage_events limit 1", "published/tieout.duckdb"
    ) == [(1,)]
    assert (company / "warehouse" / "pack" / "index.html").exists()


def test_the_companys_row_comes_before_the_products(
    environment: Environment, company: Path
) -> None:
    asked = "('aol.com', 'acme-mail.example', 'gmx.de')"
    query = f"select domain, kind from seeds.free_mail_domains where domain in {asked} order by 1"
    found = answers(company, query)
    assert found == [("acme-mail.example", "mail"), ("aol.com", "ours"), ("gmx.de", "mail")]
    said = environment.run(company, "tieout", "doctor")
    assert "free_mail_domains: aol.com" in said and "acme-mail" not in said


def test_a_seed_that_the_company_has_no_file_of_has_no_rows(company: Path) -> None:
    assert answers(company, "select count(*) from seeds.working_time") == [(0,)]


def test_dbt_works_there_from_habit_and_an_upgrade_touches_nothing(
    environment: Environment, company: Path, tmp_path: Path
) -> None:
    before = own_files(company)
    assert answers(company, FRIDAYS) == [(False,)]
    environment.install(wheel(tmp_path, newer))
    assert environment.run(company, "tieout", "--version").strip() == "tieout 99.0"
    # What links the new version in; dbt knows nothing of it before.
    environment.run(company, "tieout", "doctor")
    assert "our_jobs" in environment.dbt(company, "ls", "--resource-type", "model", "--quiet")
    environment.dbt(company, "build", "--quiet", "--vars", json.dumps({"as_of": AS_OF}))
    assert answers(company, FRIDAYS) == [(True,)]
    environment.dbt(company, "docs", "generate", "--quiet", "--select", "our_jobs")
    assert answers(company, "select count(*) from seeds.asked_for_later") == [(0,)]
    assert own_files(company) == before


def test_a_companys_project_reads_values_with_tieouts_macros_not_with_dbts(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    write_folder(folder)
    settings = Settings(output=folder / "warehouse")
    settings.output.mkdir()
    duckdb.connect(str(settings.raw)).close()
    models = ["stg_hubspot__deal_line_versions", "int_calendar"]
    # In a process of its own: a process parses a project once.
    done = subprocess.run(
        [
            *(sys.executable, "-c", "from dbt.cli.main import cli; cli()"),
            *("compile", "--quiet", "--no-introspect", "--select", *models),
        ],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PROJECT / "pipelines")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    compiled = {
        path.stem: path.read_text(encoding="utf-8")
        for path in (folder / "target" / "compiled").rglob("*.sql")
    }
    assert "try_cast(lines.quantity as decimal(18, 6))" in compiled[models[0]]
    # The inner cast is the macro's, the outer the model's.
    assert "cast(cast(date_trunc('month', date_on) as date) as date)" in compiled[models[1]]


def test_every_standard_seed_has_its_model_and_the_companys_own(tmp_path: Path) -> None:
    standard = {
        path.stem.removeprefix("standard_")
        for path in (PROJECT / "seeds" / "standard").glob("standard_*.csv")
    }
    assert (
        set(references())
        == standard
        == {path.stem for path in (PROJECT / "models" / "reference").glob("*.sql")}
    )
    assert {f"own_{name}" for name in standard} <= set(company_seeds())


def test_the_files_of_northgate_have_the_columns_that_the_product_describes() -> None:
    for folder in ("company", "standard"):
        for path in sorted((PROJECT / "seeds" / folder).glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                columns = next(csv.reader(file))
            assert columns == list(descriptions()[path.stem]["config"]["column_types"]), path.name
    assert {path.stem for path in (PROJECT / "seeds" / "company").glob("*.csv")} == set(
        company_seeds()
    )


def test_the_environment_of_these_tests_is_not_that_of_the_wheel(environment: Environment) -> None:
    where = environment.run(
        Path(os.sep), str(environment.python), "-c", "import tieout; print(tieout.__file__)"
    )
    assert Path(where.strip()).is_relative_to(environment.folder)
