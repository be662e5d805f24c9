"""Which mails go to whom, and when."""
