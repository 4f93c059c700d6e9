"""What pyproject.toml cannot say: the dbt project goes into the wheel, as `tieout/project`.

The repository keeps dbt's folders at its top, so that `dbt build` works there; the wheel has them
in the package. Of the seeds only the product's: `seeds/company` is the demo company's judgement.
The smallest company is the sample that `tieout init` writes.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
PARTS = (
    "dbt_project.yml",
    "profiles.yml",
    "models",
    "macros",
    "seeds/standard",
    "tests/generic",
    "tests/singular",
)
SAMPLE = "tests/fixtures/small_company"
"""Not inside the project: dbt would read its files as fixtures of unit tests."""


class BuildWithProject(build_py):
    """The packages, and the project inside `tieout`."""

    def run(self) -> None:
        super().run()
        # Of an editable install the checkout is the project.
        if not self.editable_mode:
            project, sample = _places(Path(self.build_lib))
            # What an earlier build left is not in this wheel.
            for target in (project, sample):
                shutil.rmtree(target, ignore_errors=True)
            for part in PARTS:
                _copy(ROOT / part, project / part)
            _copy(ROOT / SAMPLE, sample)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """What was written, for whoever installs without a wheel."""
        written = [
            path
            for place in _places(Path(self.build_lib))
            for path in place.rglob("*")
            if path.is_file()
        ]
        return [*super().get_outputs(include_bytecode), *map(str, written)]


def _places(built: Path) -> tuple[Path, Path]:
    return built / "tieout" / "project", built / "tieout" / "company" / "sample"


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    else:
        shutil.copyfile(source, target)


setup(cmdclass={"build_py": BuildWithProject})
