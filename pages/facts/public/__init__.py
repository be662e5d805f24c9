"""What pages say to everybody: the same whoever reads them, and about nobody."""
