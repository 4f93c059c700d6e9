"""A company's own folder: its settings and judgement, and how the product is linked into it."""
