"""How the tables of a register came to be: one file a step, found by being there."""
