"""Licences as model cards name them, and their SPDX ids. Source: SPDX licence list 3.26; tags of the model hubs."""

from __future__ import annotations

from typing import Any

__all__ = ["licence_choice"]

_SPDX = (
    "AFL-3.0", "Apache-2.0", "Artistic-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD-3-Clause-Clear", "BSL-1.0", "CC0-1.0",
    "CC-BY-2.0", "CC-BY-2.5", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0", "CC-BY-NC-2.0", "CC-BY-NC-3.0",
    "CC-BY-NC-4.0", "CC-BY-ND-4.0", "CC-BY-NC-ND-3.0", "CC-BY-NC-ND-4.0", "CC-BY-NC-SA-2.0", "CC-BY-NC-SA-3.0",
    "CC-BY-NC-SA-4.0", "CDLA-Permissive-1.0", "CDLA-Permissive-2.0", "CDLA-Sharing-1.0", "C-UDA-1.0", "ECL-2.0",
    "EPL-1.0", "EPL-2.0", "EUPL-1.1", "EUPL-1.2", "GFDL-1.3-only", "ISC", "LPPL-1.3c", "MIT", "MPL-2.0", "MS-PL",
    "NCSA", "ODbL-1.0", "ODC-By-1.0", "OFL-1.1", "OSL-3.0", "PDDL-1.0", "PostgreSQL", "Unlicense", "WTFPL", "Zlib",
)  # fmt: skip
_BY_TAG = {name.lower(): name for name in _SPDX} | {
    "agpl-3.0": "AGPL-3.0-only", "gpl-2.0": "GPL-2.0-only", "gpl-3.0": "GPL-3.0-only", "lgpl-2.1": "LGPL-2.1-only",
    "lgpl-3.0": "LGPL-3.0-only", "gfdl": "GFDL-1.3-only", "odbl": "ODbL-1.0", "odc-by": "ODC-By-1.0",
    "pddl": "PDDL-1.0", "cc0": "CC0-1.0", "c-uda": "C-UDA-1.0",
}  # fmt: skip


def licence_choice(name: str, link: str = "") -> dict[str, Any]:
    """Return a licence as CycloneDX has it: by its SPDX id where it has one, else by the name that was given."""
    known = _BY_TAG.get(name.strip().lower())
    licence = {"id": known} if known else {"name": name}
    return {"license": {**licence, **({"url": link} if link.startswith(("https://", "http://")) else {})}}
