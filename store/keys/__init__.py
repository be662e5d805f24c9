"""What is sealed with which key: sealing what older releases stored in clear, and new keys."""
