"""Everything that changes a case, and the housekeeping around it."""
