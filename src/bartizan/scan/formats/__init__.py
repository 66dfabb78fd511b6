"""Formats, one module each, found by being there. The contract is in `bartizan.scan.artefacts.format`."""
