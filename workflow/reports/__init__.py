"""What leadership may know: counts and waits of periods that are over, with no one in them."""
