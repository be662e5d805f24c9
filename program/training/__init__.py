"""What training.toml says: which sessions there are, and which of them complete a training."""
