"""The data path's network code: Granian in front, pyreqwest behind, the engine between."""
