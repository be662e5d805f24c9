"""Cases, people and program as they are now, read only; the engine changes them."""
