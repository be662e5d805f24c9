"""The languages in which a program speaks to requesters."""
