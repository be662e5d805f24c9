"""The REST API of Qualtrics, as far as we use it."""
