"""The delivery that an invoice line names (decision 0008, section 3)."""

from __future__ import annotations

from bridge_reference_evidence import Event, Evidence


def named_delivery(evidence: Evidence, line: Event) -> Event | None:
    """The delivery whose id stands on a line: its own system's, else, where that keeps none, one of its company's."""
    named = line.facts["delivery_id"]
    if named is None:
        return None
    if line.system in evidence.delivery_systems:
        return evidence.deliveries.get((line.system, named))
    found = evidence.deliveries_of_company.get((line.company, named), [])
    if len(found) > 1:
        found = [delivery for delivery in found if delivery.job == line.job]
    return found[0] if len(found) == 1 else None
