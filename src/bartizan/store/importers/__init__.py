"""Systems described in other tools' formats.

The contract of this axis: one module per format, and in it `read(content: bytes, file: str) -> Imported`. What could
not be carried over, and what was guessed, is a note, never silence. Raises InputError for a file of another format.
"""

from bartizan.store.importers.common import Imported

__all__ = ["Imported"]
