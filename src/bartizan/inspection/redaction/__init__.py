"""Redaction: values masked, replaced, tokenised, or given pseudonyms that a key reverses."""

from bartizan.inspection.redaction.finding import Finder
from bartizan.inspection.redaction.formats import FormatKeeper, Valid, validity
from bartizan.inspection.redaction.keys import Key, KeyRing, KeyWrapper, SecretWrapper, parse_keys, wrapped_line
from bartizan.inspection.redaction.modes import KEYED, Hiding, Mode
from bartizan.inspection.redaction.pieces import Edit, Editor, Inspect, InspectMany, Piece, SpanLike, apply_edits, merge
from bartizan.inspection.redaction.pseudonyms import Pseudonyms, Revealer
from bartizan.inspection.redaction.redactor import LEAST, FormatRevealer, Redactor
from bartizan.inspection.redaction.tokens import Normalise, Tokens, as_written, normaliser

__all__ = [
    "KEYED",
    "LEAST",
    "Edit",
    "Editor",
    "Finder",
    "FormatKeeper",
    "FormatRevealer",
    "Hiding",
    "Inspect",
    "InspectMany",
    "Key",
    "KeyRing",
    "KeyWrapper",
    "Mode",
    "Normalise",
    "Piece",
    "Pseudonyms",
    "Redactor",
    "Revealer",
    "SecretWrapper",
    "SpanLike",
    "Tokens",
    "Valid",
    "apply_edits",
    "as_written",
    "merge",
    "normaliser",
    "parse_keys",
    "validity",
    "wrapped_line",
]
