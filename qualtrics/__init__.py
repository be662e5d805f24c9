"""What Qualtrics sends us, and what we ask it."""
