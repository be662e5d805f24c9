"""What leadership may know: counts and waits of periods that are over, with nobody in them."""
