"""Holds data frames against expectations with Great Expectations, and adds the chunks of a table up
to one result.

Nothing is written and nobody is told: the context lives in memory, and analytics are off.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read when the library is imported

import great_expectations as gx
from great_expectations.core import (
    ExpectationSuite,
    ExpectationSuiteValidationResult,
    ExpectationValidationResult,
)
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.expectations.expectation import Expectation

from tieout.contracts.frames import KEY
from tieout.errors import TieoutError

SAMPLE = 20
"""Offending records kept for each expectation."""

RESULT_FORMAT = {
    "result_format": "SUMMARY",
    "partial_unexpected_count": SAMPLE,
    "unexpected_index_column_names": [KEY],
}
SAMPLES = ("partial_unexpected_list", "partial_unexpected_index_list")
"""Where a result keeps its sample."""

_COUNTS = ("element_count", "missing_count", "unexpected_count")


def batches() -> BatchDefinition[Any]:
    """What hands data frames to Great Expectations, in a context that lives in memory; one serves a
    whole run."""
    # Without a configuration it would make a folder for a docs site in the system's temporary
    # folder.
    stores = InMemoryStoreBackendDefaults()
    quiet = ProgressBarsConfig(globally=False, metric_calculations=False)
    config = DataContextConfig(
        store_backend_defaults=stores, progress_bars=quiet, analytics_enabled=False
    )
    made = gx.get_context(mode="ephemeral", project_config=config)
    asset = made.data_sources.add_pandas("raw log").add_dataframe_asset("new records")
    return asset.add_batch_definition_whole_dataframe("chunk")


def validate(
    used: BatchDefinition[Any],
    name: str,
    frames: Iterable[Any],
    expectations: Sequence[Expectation],
) -> list[ExpectationValidationResult]:
    """Holds each frame against the expectations.

    Args:
        used: see `batches`.
        name: of what is examined, for messages.
        frames: chunks of one table.
        expectations: each looks at one row at a time.

    Returns:
        one result for each expectation, in their order, over all chunks; none where there is nothing to examine.

    Raises:
        TieoutError: an expectation could not be evaluated, or looks at more than a row: the contract is wrong.
    """
    if not expectations:
        return []
    suite = ExpectationSuite(name, expectations=[one.copy() for one in expectations])
    chunks: dict[str, list[ExpectationValidationResult]] = {}
    for frame in frames:
        batch = used.get_batch(batch_parameters={"dataframe": frame})
        for result in batch.validate(suite, result_format=RESULT_FORMAT).results:
            _refuse_unusable(name, result)
            chunks.setdefault(_identity(result), []).append(result)
    return [_added_up(results) for results in chunks.values()]


def told(result: ExpectationValidationResult) -> str:
    """The expectation in words."""
    config = result.expectation_config
    if config is None:
        return "unknown expectation"
    arguments = {
        key: value for key, value in config.kwargs.items() if key not in ("batch_id", "description")
    }
    return str(config.description or f"{config.type} {json.dumps(arguments, default=str)}")


def column_of(result: ExpectationValidationResult) -> str:
    """The column that an expectation is about."""
    return (
        str(result.expectation_config.kwargs.get("column", "")) if result.expectation_config else ""
    )


def suite_result(
    name: str, results: Sequence[ExpectationValidationResult], examined: str, run: Mapping[str, str]
) -> ExpectationSuiteValidationResult:
    """The results of one table as Great Expectations' own renderers want them; `run` has run_name
    and run_time."""
    passed = sum(bool(result.success) for result in results)
    return ExpectationSuiteValidationResult(
        success=passed == len(results),
        results=list(results),
        suite_name=name,
        statistics={
            "evaluated_expectations": len(results),
            "successful_expectations": passed,
            "unsuccessful_expectations": len(results) - passed,
            "success_percent": 100 * passed / len(results) if results else None,
        },
        meta={
            "great_expectations_version": gx.__version__,
            "run_id": dict(run),
            "batch_spec": {"data_asset_name": examined},
        },
    )


def _identity(result: ExpectationValidationResult) -> str:
    config = result.expectation_config
    kwargs = {
        key: value for key, value in (config.kwargs if config else {}).items() if key != "batch_id"
    }
    return json.dumps([config.type if config else "", kwargs], default=str, sort_keys=True)


def _refuse_unusable(name: str, result: ExpectationValidationResult) -> None:
    info = result.exception_info or {}
    # One entry where the expectation failed, one for each metric that did.
    entries = [info] if "raised_exception" in info else list(info.values())
    causes = [str(entry["exception_message"]) for entry in entries if entry.get("raised_exception")]
    if not causes and "unexpected_count" not in result.result:
        causes = ["it does not look at one row at a time"]
    if causes:
        raise TieoutError(
            f"the contract of {name} cannot be held against its data: {told(result)}: {causes[0]}",
            "correct the rule in the connector's contract.py",
        )


def _added_up(results: Sequence[ExpectationValidationResult]) -> ExpectationValidationResult:
    """The results of one expectation over all chunks, as if there had been one."""
    first = results[0]
    total: dict[str, Any] = dict(first.result)
    for count in _COUNTS:
        total[count] = sum(int(result.result.get(count) or 0) for result in results)
    for kept in SAMPLES:
        total[kept] = [entry for result in results for entry in result.result.get(kept) or []][
            :SAMPLE
        ]
    total.pop("partial_unexpected_counts", None)
    judged = total["element_count"] - total["missing_count"]
    failed = total["unexpected_count"]
    total["unexpected_percent"] = total["unexpected_percent_nonmissing"] = (
        100 * failed / judged if judged else 0.0
    )
    total["unexpected_percent_total"] = (
        100 * failed / total["element_count"] if total["element_count"] else 0.0
    )
    mostly = float(
        (first.expectation_config.kwargs if first.expectation_config else {}).get("mostly", 1)
    )
    return ExpectationValidationResult(
        success=judged - failed >= mostly * judged,
        expectation_config=first.expectation_config,
        result=total,
        exception_info=first.exception_info,
    )
