"""Work orders in any SQL database, by a mapping file."""

SYSTEM = "field_service"
