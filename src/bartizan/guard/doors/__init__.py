"""Ways in for callers that ask what may be done, and do it themselves."""
