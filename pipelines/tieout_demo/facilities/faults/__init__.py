"""Faults put into the clean company, each with its label: for every control that this arm can
break."""
