"""The command line: a module a verb. It parses, calls and prints; the folder that the verb names
does the work."""
