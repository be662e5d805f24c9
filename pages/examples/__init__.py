"""Every page in each state, with invented requests, for the gallery and for trials of a program."""
