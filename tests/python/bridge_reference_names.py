"""The delivery and the work order that an invoice line names (decision 0008, section 3)."""

from __future__ import annotations

import re

from bridge_reference_evidence import UNKNOWN, Event, Evidence, cleaned

NUMBER = r"[A-Z]{1,12}[^A-Z0-9]{0,3}[0-9]+"
NUMBERS = (re.compile(NUMBER), re.compile(rf"{NUMBER}(?:[-/.][0-9]+)+"))


def named_delivery(evidence: Evidence, line: Event) -> Event | None:
    """The delivery whose id stands on an invoice's line: its own system's, else, of a ledger alone,
    its company's.

    Of a line without an id, the only delivery of its job whose number is in its text.
    """
    named = line.facts["delivery_id"]
    if line.stage != "invoiced":
        return None
    if named is None:
        return _delivery_in_text(evidence, line)
    if line.system in evidence.delivery_systems:
        return evidence.deliveries.get((line.system, named))
    found = evidence.deliveries_of_company.get((line.company, named), [])
    if len(found) > 1:
        found = [delivery for delivery in found if delivery.job == line.job]
    return found[0] if len(found) == 1 else None


def named_work_order(evidence: Evidence, line: Event) -> str | None:
    """The key of the work order that a line names in its field, else the only one of its job that
    its text names."""
    if line.keys["work_order_key"] != UNKNOWN:
        return line.keys["work_order_key"]
    codes = _codes(line)
    if any(code in codes for code, _ in evidence.delivery_codes[line.job]):
        return None
    found = {key for code, key in evidence.work_order_codes[line.job] if code in codes}
    return found.pop() if len(found) == 1 else None


def _delivery_in_text(evidence: Evidence, line: Event) -> Event | None:
    codes = _codes(line)
    named = {
        key
        for code, key in evidence.delivery_codes[line.job]
        if code in codes and not code.startswith("JOB") and key in evidence.deliveries
    }
    return evidence.deliveries[named.pop()] if len(named) == 1 else None


def _codes(line: Event) -> set[str]:
    text = line.facts["description"]
    if (
        text is None
        or line.facts["delivery_id"] is not None
        or not line.has_job
        or line.stage != "invoiced"
    ):
        return set()
    return {cleaned(found) for pattern in NUMBERS for found in pattern.findall(text.upper())}
