"""The files that pages load, each under an address of its content: ours, and packages from `scripts/frontend`.

Addresses hold a digest over all files, so browsers may keep them for a year, and a module finds the others beside it.
Only files that were there at the start are served; nothing of a request names a path.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from functools import cache
from pathlib import Path

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from bartizan.console.access import AnyRequest

__all__ = ["Assets", "files_of", "serve_asset"]

_HERE = Path(__file__).parent
_WANTED = ("tabler.css", "htmx.js", "icons.svg", "cytoscape.js", "cytoscape-dagre.js", "echarts.js")
_KEPT = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


class Assets:
    """Files by name, and their addresses."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files
        digest = hashlib.sha256()
        for name, content in sorted(files.items()):
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
        self.digest = digest.hexdigest()[:12]
        self._packed: dict[str, bytes] = {}

    def address(self, name: str) -> str:
        """Return where a file is, empty when it is not installed: pages then do without it."""
        return f"/static/{self.digest}/{name}" if name in self._files else ""

    def missing(self) -> list[str]:
        """Return which files of packages aren't installed."""
        return [name for name in _WANTED if name not in self._files]

    def get(self, name: str) -> bytes | None:
        """Return a file's content."""
        return self._files.get(name)

    def packed(self, name: str) -> bytes:
        """Return a file's content, compressed; done once."""
        if name not in self._packed:
            self._packed[name] = gzip.compress(self._files[name], 9, mtime=0)
        return self._packed[name]


@cache
def files_of(*folders: Path) -> Assets:
    """Read the files of folders, by default ours and those of packages; of equal names the first one counts."""
    found: dict[str, bytes] = {}
    for folder in folders or (_HERE / "static", _HERE / "vendor"):
        for path in sorted(folder.glob("*")) if folder.is_dir() else []:
            if path.suffix in (".js", ".css", ".svg") and path.is_file():
                found.setdefault(path.name, path.read_bytes())
    return Assets(found)


@get("/static/{digest:str}/{name:str}", sync_to_thread=True, include_in_schema=False)
def serve_asset(request: AnyRequest, digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """Send a file. An address of another version of the files gets the present one, which is then not kept."""
    assets: Assets = request.app.state.assets
    content = assets.get(name)
    if content is None:
        raise NotFoundException("there is no such file")
    suffix = Path(name).suffix
    headers = {"Cache-Control": _KEPT if digest == assets.digest else "no-cache", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", "") and len(content) > 1_000:
        content, headers["Content-Encoding"] = assets.packed(name), "gzip"
    media_type = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(content, media_type=media_type, headers=headers)
