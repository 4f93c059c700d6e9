"""The ground a landing stands on: alone in its output folder, with dlt confined to it, and failures put plainly."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from dlt.common.configuration.exceptions import ConfigFieldMissingException
from dlt.common.configuration.providers import ConfigTomlProvider, EnvironProvider, SecretsTomlProvider
from dlt.common.configuration.providers.dictionary import DictionaryProvider
from dlt.common.configuration.providers.provider import ConfigProvider
from dlt.common.runtime.run_context import RunContext, switched_run_context

from pipelines.errors import LandingError


def as_landing_error(system: str, failure: BaseException) -> LandingError:
    """The cause that a person can act upon, out of dlt's layers."""
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, LandingError):
            return cause
        if isinstance(cause, ConfigFieldMissingException):
            names = ", ".join(f"sources.{system}.{name}" for name in cause.fields)
            return LandingError(
                f"{system}: the setting {names} is missing",
                f"Write it to config.toml or secrets.toml in the folder given by --config,"
                f" or set {names.replace('.', '__').upper()}.",
            )
        last, cause = cause, cause.__cause__ or cause.__context__
    error = LandingError(f"{system}: {type(last).__name__}: {last}")
    error.__cause__ = failure
    return error


@contextmanager
def alone(output: Path) -> Iterator[None]:
    """Holds the lock of an output folder. It goes with the process, however that ends."""
    (output / "dlt").mkdir(parents=True, exist_ok=True)
    path = output / "dlt" / "land.lock"
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            raise LandingError(
                f"Another landing is running into {output} (process {file.read().strip() or 'unknown'})",
                "Wait for it to end, or give another --output.",
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextmanager
def own_environment() -> Iterator[None]:
    """What a landing puts into the environment, such as a database's password for its client library, ends with it."""
    before = dict(os.environ)
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


class _TieoutContext(RunContext):
    """dlt, confined: settings from the project's folder and the environment, files under the output folder."""

    def __init__(self, config_dir: Path, output: Path) -> None:
        super().__init__(str(config_dir.parent))
        self._config_dir, self._global_dir = config_dir, str(output / "dlt")

    @property
    def settings_dir(self) -> str:
        return str(self._config_dir)

    @property
    def data_dir(self) -> str:
        return str(self._global_dir)

    @property
    def module(self) -> ModuleType | None:
        return None

    def initial_providers(self) -> list[ConfigProvider]:
        ours = DictionaryProvider()
        ours.set_value("dlthub_telemetry", False, None, "runtime")
        ours.set_value("log_level", "CRITICAL", None, "runtime")
        # One file after the other: DuckDB uses all cores for each, and two would double the memory.
        ours.set_value("workers", 1, None, "load")
        return [EnvironProvider(), ours, SecretsTomlProvider(self.settings_dir), ConfigTomlProvider(self.settings_dir)]


@contextmanager
def configured(config_dir: Path, output: Path) -> Iterator[None]:
    with switched_run_context(_TieoutContext(config_dir.absolute(), output.absolute())):
        yield
