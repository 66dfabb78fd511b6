"""What a gateway is put together from, for the commands around it."""

from bartizan.guard.gateway.parts import Parts, load, load_config, sources

__all__ = ["Parts", "load", "load_config", "sources"]
