"""Sentences and times in the language of their reader."""
