"""How long the controls take beside the bridge, in one and the same build.

    python benchmarks/build.py --rows 200000 --output build_bench    builds a quarter and the whole, keeps its figures
    python benchmarks/controls.py build_bench                        adds up what each model of those builds took

The bridge is every model of intermediate/matching with `fct_bridge` and `fct_bridge_monthly`; the
controls are every `ctl_` model, what several of them read, the history of exceptions, and their
marts. Seconds are elapsed ones, as dbt counts them for each model, so both carry dbt's own
tenth of a second a model.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

BRIDGE = ("intermediate/matching/", "marts/reconciliation/fct_bridge")
CONTROLS = (
    "controls/",
    "exceptions/",
    "intermediate/documents/",
    "intermediate/exposure/",
    "intermediate/journals/",
    "intermediate/recognition/",
    "intermediate/settings/int_control_rules",
)
STEEP = 1.25


def seconds_by_model(folder: Path) -> dict[str, dict[str, float]]:
    """Of each warehouse in the folder, the seconds of each model in its first build."""
    found: dict[str, dict[str, float]] = {}
    for line in (folder / "figures.jsonl").read_text().splitlines():
        figures = json.loads(line)
        if figures["step"] == "build":
            found.setdefault(figures["output"], figures["models"])
    return found


def grouped(folder: Path, warehouse: str, seconds: dict[str, float]) -> dict[str, dict[str, float]]:
    """The seconds of the models of each side."""
    nodes = json.loads((folder / warehouse / "dbt" / "manifest.json").read_text())["nodes"].values()
    paths = {node["name"]: node["path"] for node in nodes if node["resource_type"] == "model"}
    sides = {"bridge": BRIDGE, "controls": CONTROLS}
    return {
        side: {
            name: took for name, took in seconds.items() if paths.get(name, "").startswith(folders)
        }
        for side, folders in sides.items()
    }


def report(sizes: dict[int, dict[str, dict[str, float]]]) -> None:
    """Prints the figures as they stand in README.md."""
    print("| rows | models of the bridge | s | models of the controls | s | controls ÷ bridge |")
    print("|---|---|---|---|---|---|")
    for rows, sides in sorted(sizes.items()):
        bridge, controls = sum(sides["bridge"].values()), sum(sides["controls"].values())
        counts = len(sides["bridge"]), len(sides["controls"])
        print(
            f"| {rows:,} | {counts[0]} | {bridge:.1f} | {counts[1]} | {controls:.1f} | {controls / bridge:.2f} |"
        )
    small, large = sizes[min(sizes)]["controls"], sizes[max(sizes)]["controls"]
    factor = max(sizes) / min(sizes)
    print(
        f"\n| slowest controls at {max(sizes):,} | s | growth for {factor:.0f} × the rows |\n|---|---|---|"
    )
    for name, took in Counter(large).most_common(8):
        print(f"| `{name}` | {took:.1f} | {took / small[name]:.1f} × |")
    steep = [
        name for name, took in large.items() if took > 1 and took / small[name] > factor * STEEP
    ]
    print(f"\ngrew more than {factor * STEEP:.0f} ×:", ", ".join(steep) or "no control")


def main() -> None:
    """Parses the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="what build.py --output kept")
    folder = parser.parse_args().folder
    if not (folder / "figures.jsonl").exists():
        parser.error(
            f"{folder} has no figures.jsonl: run benchmarks/build.py --output {folder} first"
        )
    builds = seconds_by_model(folder)
    if len(builds) < 2:
        parser.error(f"{folder} has {len(builds)} finished builds, and growth needs two sizes")
    report(
        {
            int(name.rpartition("_")[2]): grouped(folder, name, seconds)
            for name, seconds in builds.items()
        }
    )


if __name__ == "__main__":
    main()
