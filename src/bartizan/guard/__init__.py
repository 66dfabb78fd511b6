"""What may pass: wire formats become an exchange, policy rules over it, and a decision follows. Sans-io."""
