"""The ground a landing stands on: alone in its output folder, with dlt confined to it, and failures
put plainly."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import requests
import tomlkit
from dlt.common.configuration.container import Container
from dlt.common.configuration.exceptions import ConfigFieldMissingException
from dlt.common.configuration.providers import (
    ConfigTomlProvider,
    EnvironProvider,
    SecretsTomlProvider,
)
from dlt.common.configuration.providers.dictionary import DictionaryProvider
from dlt.common.configuration.providers.provider import ConfigProvider
from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext
from dlt.common.data_writers.buffered import BufferedDataWriter
from dlt.common.runtime.run_context import RunContext, switched_run_context

from tieout import failures
from tieout.errors import LandingError
from tieout.settings import PRIVATE, owner_only

UNUSABLE = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidHeader,
    UnicodeEncodeError,
)


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
        if isinstance(cause, UNUSABLE):
            return LandingError(
                f"{system}: its address, or what is sent there, cannot be used: {cause}",
                f"Correct base_url in [sources.{system}]: https://host/path, a port is a number; and look for a line"
                " end in a token or an id.",
            )
        last, cause = cause, cause.__cause__ or cause.__context__
    if known := failures.explained(failure):
        error = LandingError(f"{system}: {known.cause}", known.remedy)
    else:
        error = LandingError(f"{system}: {type(last).__name__}: {last}", failures.keep(failure))
    error.__cause__ = failure
    return error


@contextmanager
def private(output: Path) -> Iterator[None]:
    """What a landing writes is for its owner alone: the log, the history, and all that lies beside
    them meanwhile."""
    with owner_only():
        (output / "dlt").mkdir(parents=True, exist_ok=True)
        for path in (output / "raw.duckdb", output / "history.duckdb", output / "dlt"):
            # One that an older version made was open to everybody.
            if path.exists() and path.stat().st_mode & 0o077:
                path.chmod(PRIVATE if path.is_file() else 0o700)
        yield


@contextmanager
def percent_signs() -> Iterator[None]:
    """dlt takes every % in a path for a place to fill in; only its own, the last one, is."""
    made = BufferedDataWriter.__init__

    def escaped(
        self: Any, writer_spec: Any, file_name_template: str, *rest: Any, **named: Any
    ) -> None:
        head, place, tail = file_name_template.rpartition("%s")
        made(self, writer_spec, head.replace("%", "%%") + place + tail, *rest, **named)

    BufferedDataWriter.__init__ = escaped  # type: ignore[method-assign]
    try:
        yield
    finally:
        BufferedDataWriter.__init__ = made  # type: ignore[method-assign]


@contextmanager
def own_environment() -> Iterator[None]:
    """What a landing puts into the environment, such as a database's password for its client
    library, ends with it."""
    before = dict(os.environ)
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


def _read(toml_path: str) -> tomlkit.TOMLDocument | None:
    """A file of settings, which may begin with a byte order mark."""
    path = Path(toml_path)
    if not path.is_file():
        return None
    try:
        return tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    except (tomlkit.exceptions.ParseError, UnicodeDecodeError) as error:
        raise LandingError(f"{path} is not TOML: {error}", "Correct the line it names.") from error


class _Config(ConfigTomlProvider):
    """config.toml."""

    def _read_toml_file(self, toml_path: str) -> tomlkit.TOMLDocument | None:  # type: ignore[override]
        return _read(toml_path)


class _Secrets(SecretsTomlProvider):
    """secrets.toml."""

    def _read_toml_file(self, toml_path: str) -> tomlkit.TOMLDocument | None:  # type: ignore[override]
        return _read(toml_path)


class _TieoutContext(RunContext):
    """dlt, confined: settings from the project's folder and the environment, files under the output
    folder."""

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
        return [EnvironProvider(), ours, _Secrets(self.settings_dir), _Config(self.settings_dir)]


@contextmanager
def configured(config_dir: Path, output: Path) -> Iterator[None]:
    ours = _TieoutContext(config_dir.absolute(), output.absolute())
    if PluggableRunContext not in Container():
        # dlt would make one of its own first, which reads the settings of whatever folder this is.
        Container()[PluggableRunContext] = PluggableRunContext(ours)
    with switched_run_context(ours):
        yield
