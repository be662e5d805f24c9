"""Cases, people and program as they are now: read here, changed in the casebook."""
