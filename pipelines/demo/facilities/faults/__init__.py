"""Faults put into the clean company, each with its label: one for each control of the register that this arm can break."""
