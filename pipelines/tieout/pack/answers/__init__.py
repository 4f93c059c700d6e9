"""The first page's answers: what they rest on, and how they are put into words."""
