"""The source systems: a folder each. See `connectors`."""
