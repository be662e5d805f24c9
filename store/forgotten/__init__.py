"""What stays when a request is forgotten: proof that it was, holds, and the copies elsewhere."""
