"""The part of the Qualtrics REST API that we use."""
