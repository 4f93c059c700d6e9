"""The workbook of the pack."""
