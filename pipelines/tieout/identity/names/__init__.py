"""How like two names are."""
