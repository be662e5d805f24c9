"""The pages around the requests: for everyone, for who is invited, and for leadership."""
