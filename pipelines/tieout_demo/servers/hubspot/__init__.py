"""HubSpot, as it answers."""
