"""How fast the service is, measured side by side; no test decides by time."""
