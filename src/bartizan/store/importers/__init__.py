"""Systems described in other tools' formats.

The contract of this axis: one module per format, and in it `read(content: bytes, file: str) -> Imported`. What could
not be carried over is a note, never dropped in silence. Raises InputError when the file isn't of that format.
"""
