"""Helpers that know nothing of peer support."""
