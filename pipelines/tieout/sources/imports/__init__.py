"""Folders of import files, a system each."""

SYSTEM = "imports"
