"""Readers of the encodings that model formats are made of: bounded, over content that is read where it is needed."""
