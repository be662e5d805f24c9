"""What people are asked by mail outside of any request, and what they answer (pure)."""
