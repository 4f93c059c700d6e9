"""How every source that has an API is spoken to."""
