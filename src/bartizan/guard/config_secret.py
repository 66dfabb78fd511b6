"""How a configuration says where a secret is kept."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec

__all__ = ["Secret"]

Secret: TypeAlias = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(env|file|store):.+(?![\s\S])", description="a secret is `env:NAME`, `file:PATH` or `store:NAME`"
    ),
]
