"""Builds on a real cluster of this machine, a standalone master with two workers, and kills one
worker while the models run.

python tests/spark_cluster.py OUTPUT AS_OF [BEGUN]    a warehouse that landed; the worker goes when
so many tables have been begun (60)

The run goes on with the worker that is left. Its build is compared with one of DuckDB's by
`make spark-cluster`.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyspark

from tieout.spark.java import java_home

HOME = Path(pyspark.__file__).parent
PACKAGE = "org.apache.spark.deploy"
HERE = "127.0.0.1"
PATIENCE = 7200.0
"""Seconds after which a run is taken for one that hangs."""


def main(output: Path, as_of: str, begun: int) -> int:
    """Runs it all; what `tieout build` ended with."""
    environment = {**os.environ, "JAVA_HOME": str(java_home()), "SPARK_LOCAL_IP": HERE}
    master = f"spark://{HERE}:{_free_port()}"
    folder = output / "cluster"
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as running:
        port = master.rpartition(":")[2]
        running.enter_context(
            _daemon(folder / "master.log", environment, "master.Master", "--port", port)
        )
        _until(lambda: _answers(int(port)), "the master answers")
        workers = [
            running.enter_context(
                _daemon(
                    folder / f"worker_{number}.log", environment, "worker.Worker",
                    "--cores", "1", "--memory", "1536M",
                    "--work-dir", str((folder / f"work_{number}").resolve()), master,
                )
            )
            for number in (1, 2)
        ]  # fmt: skip
        command = ["build", "--engine", "spark", "--master", master, "--as-of", as_of]
        build = subprocess.Popen(
            [sys.executable, "-m", "tieout", *command, "--output", str(output)], env=environment
        )
        try:
            _until(lambda: build.poll() is not None or _tables(output) >= begun, f"{begun} tables")
            seen, executors = _tables(output), len(list(folder.glob("work_1/app-*/*")))
            if build.poll() is None:
                _end(workers[0], signal.SIGKILL)
                print(f"killed: one of two workers, with {executors} executor, at table {seen}")
            code = build.wait(timeout=PATIENCE)
        finally:
            build.kill()
        left = [worker.poll() is None for worker in workers]
        print(f"the build ended with {code}; workers that stand: {sum(left)} of 2")
        if code == 0 and (executors == 0 or left != [False, True]):
            print("nothing was killed while it worked: this proves nothing")
            return 1
        return code


@contextmanager
def _daemon(
    log: Path, environment: dict[str, str], name: str, *options: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A part of the cluster, with what it starts itself, in a process group of its own."""
    command = [
        str(HOME / "bin" / "spark-class"),
        f"{PACKAGE}.{name}",
        "--host",
        HERE,
        "--webui-port",
        "0",
        *options,
    ]
    with log.open("wb") as told:
        process = subprocess.Popen(
            command,
            stdout=told,
            stderr=told,
            env={**environment, "SPARK_DAEMON_MEMORY": "384m"},
            start_new_session=True,
        )
        try:
            yield process
        finally:
            _end(process, signal.SIGTERM)


def _end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    if process.poll() is None:
        os.killpg(process.pid, how)
        process.wait(timeout=60)


def _tables(output: Path) -> int:
    return sum(1 for _ in (output / "lake").glob("build.*/*.db/*"))


def _until(done: Callable[[], bool], what: str) -> None:
    began = time.monotonic()
    while not done():
        if time.monotonic() - began > PATIENCE:
            raise SystemExit(f"waited in vain: {what}")
        time.sleep(0.5)


def _answers(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex((HERE, port)) == 0


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HERE, 0))
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    begun = int(sys.argv[3]) if len(sys.argv) > 3 else 60
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], begun))
