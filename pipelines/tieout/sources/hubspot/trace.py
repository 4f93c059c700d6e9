"""Where a record of the marts lies in the raw tables."""

from __future__ import annotations

from tieout.sources.connectors import Trace

TRACE: Trace = {
    "customers": (("companies", "id"),),
    "people": (("owners", "id"),),
    "products": (("products", "id"),),
    "deals": (("deals", "id"),),
    "deal_lines": (("line_items", "id"),),
    "quotes": (("quotes", "id"),),
    "quote_lines": (("line_items", "id"),),
}
