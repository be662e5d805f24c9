"""What `flask check` asks of forms and of the outside."""
