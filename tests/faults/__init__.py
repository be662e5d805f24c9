"""A fault matrix: the service as real processes, while its surroundings fail on purpose."""
