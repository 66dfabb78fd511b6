"""The network side of further ways in."""
