"""The sample is built on a real cluster of this machine, a standalone master with two workers, and
one worker is killed while the models run: every cell is DuckDB's all the same.

`make spark-cluster` runs it.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from benchmarks.beside import beside
from spark_sample import CHOSEN, differences, have_spark

from tieout.settings import Settings
from tieout.spark.java import java_home
from tieout.warehouse.build import build

HERE = "127.0.0.1"
PACKAGE = "org.apache.spark.deploy"
PATIENCE = 120.0
BEGUN = 25
"""The worker goes when so many of the tables have been begun."""

pytestmark = pytest.mark.skipif(
    not os.environ.get("TIEOUT_SPARK_CLUSTER"), reason="`make spark-cluster` starts a cluster"
)


def test_a_worker_that_is_killed_costs_time_and_no_cell(
    small_warehouse: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    have_spark()
    # What a cluster needs besides stands where Spark looks for it.
    settings_of_spark = tmp_path / "conf"
    settings_of_spark.mkdir()
    (settings_of_spark / "spark-defaults.conf").write_text("spark.executor.memory 1200m\n")
    monkeypatch.setenv("SPARK_CONF_DIR", str(settings_of_spark))
    monkeypatch.setenv("SPARK_LOCAL_IP", HERE)
    with cluster(tmp_path / "cluster") as (master, workers):
        settings = beside(small_warehouse, tmp_path / "warehouse", CHOSEN, master)
        killed: dict[str, int] = {}

        def kill() -> None:
            until(lambda: tables(settings) >= BEGUN, "the models run", 600)
            killed["executors"] = len(list((tmp_path / "cluster" / "work_0").glob("app-*/*")))
            end(workers[0], signal.SIGKILL)
            killed["at"] = tables(settings)

        killer = threading.Thread(target=kill)
        killer.start()
        built = build(settings, lambda *_: None, CHOSEN)
        killer.join()
        print(
            f"killed one of two workers with {killed['executors']} executor at table {killed['at']}"
        )
        assert killed["executors"] >= 1 and killed["at"] < built.models + built.seeds
        assert [worker.poll() is None for worker in workers] == [False, True]
    assert built.models + built.seeds == len(CHOSEN)
    assert list(differences(small_warehouse, settings)) == []


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a master, and its two workers, each in a process group of its own with what it
    starts."""
    folder.mkdir()
    environment = {**os.environ, "JAVA_HOME": str(java_home()), "SPARK_DAEMON_MEMORY": "384m"}
    port, started = free_port(), []
    master = f"spark://{HERE}:{port}"
    spark = find_spec("pyspark")
    assert spark and spark.origin
    program = str(Path(spark.origin).parent / "bin" / "spark-class")

    def start(name: str, log: str, *options: str) -> None:
        command = [program, f"{PACKAGE}.{name}", "--host", HERE, "--webui-port", "0", *options]
        with (folder / log).open("wb") as told:
            started.append(
                subprocess.Popen(
                    command, stdout=told, stderr=told, env=environment, start_new_session=True
                )
            )

    try:
        start("master.Master", "master.log", "--port", str(port))
        until(lambda: answers(port), "the master answers", PATIENCE)
        for number in range(2):
            work = str(folder / f"work_{number}")
            start(
                "worker.Worker", f"worker_{number}.log",
                "--cores", "1", "--memory", "1536M", "--work-dir", work, master,
            )  # fmt: skip
        joined = (folder / "master.log").read_text
        until(lambda: joined().count("Registering worker") == 2, "both workers join", PATIENCE)
        yield master, started[1:]
    finally:
        for process in started:
            end(process, signal.SIGTERM)


def end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    if process.poll() is None:
        os.killpg(process.pid, how)
        process.wait(timeout=60)


def tables(settings: Settings) -> int:
    return sum(1 for _ in settings.output.glob("lake/build.*/*.db/*"))


def until(done: Callable[[], bool], what: str, patience: float) -> None:
    began = time.monotonic()
    while not done():
        assert time.monotonic() - began < patience, f"waited in vain: {what}"
        time.sleep(0.2)


def answers(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex((HERE, port)) == 0


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HERE, 0))
        return int(listener.getsockname()[1])
