"""What was earned: the company's walk, its customers, jobs and records, and whose it was."""
