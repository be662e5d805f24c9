"""docs/deploy.md, followed word for word on a Debian that has nothing yet."""
