"""What pages say to everyone: the same to each reader, and about no one."""
