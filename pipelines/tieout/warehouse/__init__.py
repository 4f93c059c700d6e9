"""From the raw log to what is published: dbt builds, a publication, the history of exceptions."""
