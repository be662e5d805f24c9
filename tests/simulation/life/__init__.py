"""The program's life beside its requests: who joins it, who leaves, and who is asked in private."""
