"""What the pages about invitations say."""
