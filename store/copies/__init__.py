"""Copies of the database, and what an installation holds back that was restored from one."""
