"""What became of mails after they had left."""
