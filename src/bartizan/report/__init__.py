"""Paper and interchange: what a review looks like to people and to programs."""
