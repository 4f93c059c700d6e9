"""What the published marts say, and what people answer: bridge, controls, exceptions, decisions,
reviews."""
