"""Everything that changes an invitation."""
