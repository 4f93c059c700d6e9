"""How a document of the Xero Accounting API becomes raw tables: a small language for its fields.

A field is `column: path type`, the path being Xero's names joined by dots; `!` marks what must
arrive. What is neither a column nor in `also` (known, and kept in the payload only) is new to us:
it is landed as text and reported as drift.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tieout.landing.table_types import Table

# Fields that Xero adds to any answer.
_EVERYWHERE = (
    "HasAttachments HasErrors HasValidationErrors StatusAttributeString ValidationErrors Warnings Attachments "
    "DateString DueDateString UpdatedDateUTCString ID Url BrandingThemeID SentToContact RepeatingInvoiceID"
)

# A rate keeps every digit that Xero sends: rounded to six, a strong currency's could not be turned
# over exactly.
_RAW_TYPES = {"rate": "text"}


@dataclass(frozen=True)
class Field:
    """One column: where its value stands in the document, and its type in the raw table."""

    column: str
    path: tuple[str, ...]
    kind: str
    required: bool


@dataclass(frozen=True)
class Record:
    """A kind of document, or of line inside one, and the raw table that it becomes.

    `endpoint` is the path under base_url, or for lines the name of the list inside the document.
    `key` is the column that identifies a row; a line that comes without one is numbered inside its
    document. What is not `needed` may be refused by Xero: its tables are then missing, by name.
    """

    endpoint: str
    table: str
    key: str
    text: str
    also: str = ""
    children: tuple[Record, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    paged: bool = False
    incremental: bool = False
    needed: bool = True

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        found = []
        for line in self.text.strip().splitlines():
            column, path, kind = line.replace(":", " ").split()
            found.append(
                Field(column, tuple(path.split(".")), kind.rstrip("!"), kind.endswith("!"))
            )
        return tuple(found)

    @cached_property
    def id_field(self) -> str:
        """Xero's name of the key."""
        return next(".".join(field.path) for field in self.fields if field.column == self.key)

    @cached_property
    def known(self) -> frozenset[str]:
        """Every field that the document may carry without being news."""
        lists = (child.endpoint for child in self.children)
        return frozenset(
            {
                *(field.path[0] for field in self.fields),
                *self.also.split(),
                *lists,
                *_EVERYWHERE.split(),
            }
        )

    def tables(self, parent: Record | None = None) -> tuple[Table, ...]:
        """The raw table of the document and those of its lines."""
        columns: dict[str, str] = (
            {} if parent is None else {parent.key: "text", "line_number": "integer"}
        )
        columns |= {field.column: _RAW_TYPES.get(field.kind, field.kind) for field in self.fields}
        if parent is None:
            columns["payload"] = "json"
        own = Table(
            name=self.table,
            columns=columns,
            key=(self.key,) if parent is None else (parent.key, self.key),
            required=frozenset(field.column for field in self.fields if field.required),
            updated_at="updated_at" if "updated_at" in columns else None,
            parent=() if parent is None else (parent.key,),
        )
        return (own, *(table for child in self.children for table in child.tables(self)))
