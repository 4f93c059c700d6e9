"""HubSpot's CRM."""

SYSTEM = "hubspot"
