"""What arriving data must look like: the words of a contract, and the check that holds loads
against it."""
