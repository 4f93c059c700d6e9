-- One row per line of a journal, of every system that is switched on.
{{ union_systems('journal_lines') }}
