"""Labelled company records: companies of 24 countries, their relatives that are other companies,
and ten kinds of corruption."""
