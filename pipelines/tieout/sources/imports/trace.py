"""Where a record of the marts lies in the raw tables."""

from __future__ import annotations

from tieout.input_layer import entities
from tieout.sources.connectors import Trace

# Folders are systems of their own that share their tables: a record's key begins with its system.
TRACE: Trace = {entity: ((entity, "_record_key"),) for entity in entities()}
