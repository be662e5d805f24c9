"""Programs that live the same days but for one secret, and all that people see of them."""
