"""What pages say of handing a requester over to a partner, to each of those who take part."""
