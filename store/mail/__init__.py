"""Who was mailed, what the mail server takes, and what became of mails after they had left."""
