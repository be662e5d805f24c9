"""The pages around the requests: for everybody, for who is invited, and for leadership."""
