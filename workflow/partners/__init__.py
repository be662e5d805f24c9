"""Partners of the referral network: when one hears of a requester, and until when."""
