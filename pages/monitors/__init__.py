"""For monitors: whether the service works. What they are told tells of no one."""
