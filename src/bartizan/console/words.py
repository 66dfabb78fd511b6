"""The console's words in five languages: message catalogs, and dates, numbers and money as each language writes them.

A message is its English text. In Python, `message("...")` marks one that is translated when it is shown; templates call
`_("...")`. `scripts/messages` collects both into `locale/console.pot` and brings the catalogs up to date.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.core import negotiate_locale
from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_compact_currency, format_currency, format_decimal, format_percent
from markupsafe import Markup, escape

__all__ = ["LANGUAGES", "Words", "language_of", "message", "words_for"]

LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "it": "Italiano",
    "sq": "Shqip",
}
"""The languages of the console, each by its own name."""
_NOTHING = "–"
_TOGETHER = str.maketrans(" ", "\u00a0")
"""Spaces at which no line ends: a day, a time or an amount is read in one."""
_APART = "\x04"
"""What stands between the context of a message and its text, as in compiled catalogs."""
_CODE = re.compile(r"([A-Z]{3})(?=\d)")


def message(text: str, context: str = "") -> str:
    """Mark a text as a message that is translated where it is shown; what is returned stands for it.

    `context` keeps apart what is one word in English and several elsewhere: an `open` account, an `open` threat.
    """
    return f"{context}{_APART}{text}" if context else text


class Words:
    """One language: its messages, and how it writes dates, numbers and money. Use `words_for`."""

    def __init__(self, language: str, translations: gettext.NullTranslations) -> None:
        self.language = language
        self.locale = Locale.parse(language)
        self._translations = translations

    def say(self, text: str, /, **values: object) -> Markup:
        """Return a message in this language as HTML, with `%(name)s` filled; what is filled in is escaped."""
        return self._filled(self._translated(text), values)

    def say_of(self, context: str, text: str, /, **values: object) -> Markup:
        """Return a message that has a context, as `say` does."""
        return self.say(message(text, context), **values)

    def count(self, one: str, many: str, number: int, /, **values: object) -> Markup:
        """Return the message for a number of things, which it may hold as `%(num)s`."""
        return self._filled(self._translations.ngettext(one, many, number), {"num": self.number(number), **values})

    def plain(self, text: str, /, **values: object) -> str:
        """Return a message as text, for what isn't HTML."""
        said = self._translated(text)
        return said % values if values else said

    def knows(self, text: str) -> bool:
        """Tell whether a text is a message with a translation that is not the same."""
        return self._translated(text) != text

    def _translated(self, text: str) -> str:
        context, apart, bare = text.rpartition(_APART)
        if apart:
            return self._translations.pgettext(context, bare)
        return self._translations.gettext(text) if text else ""

    @staticmethod
    def _filled(text: str, values: Mapping[str, object]) -> Markup:
        escaped = escape(text)
        return escaped % dict(values) if values else escaped.replace("%%", "%")

    def date(self, value: date | str | None) -> str:
        """Write a day. Texts are days as the register writes them; without one, a dash."""
        if not value:
            return _NOTHING
        day = date.fromisoformat(value[:10]) if isinstance(value, str) else value
        return format_date(day, format="medium", locale=self.locale).translate(_TOGETHER)

    def moment(self, value: datetime | str | None) -> str:
        """Write a time, in UTC, its day as `date` writes one. Texts are RFC 3339 times as the register writes them."""
        if not value:
            return _NOTHING
        time = datetime.fromisoformat(value) if isinstance(value, str) else value
        utc = time.astimezone(UTC)
        hour = f"{format_time(utc, format='short', locale=self.locale)} UTC".translate(_TOGETHER)
        return str(self.locale.datetime_formats["medium"]).format(hour, self.date(utc.date()))

    def number(self, value: float | None, digits: int = 1) -> str:
        """Write a number with at most some digits after its point."""
        if value is None:
            return _NOTHING
        return format_decimal(round(value, digits), locale=self.locale).translate(_TOGETHER)

    def percent(self, value: float | None) -> str:
        """Write a share between 0 and 1 as percents."""
        return _NOTHING if value is None else format_percent(value, locale=self.locale).translate(_TOGETHER)

    def money(self, value: float | None, currency: str) -> str:
        """Write an amount of money briefly, such as `€1.2M`: estimates have no pennies."""
        if value is None:
            return _NOTHING
        digits = 0 if value < 1_000 or 100_000 <= value < 1_000_000 else 1
        said = format_compact_currency(round(value), currency, locale=self.locale, fraction_digits=digits)
        if re.search(r"\d{5}", said):  # a language without a short word for thousands: the figures need separators
            said = format_currency(
                round(value, -3), currency, "#,##0\u00a0¤", locale=self.locale, currency_digits=False
            )
        return _CODE.sub("\\1\u00a0", said).translate(_TOGETHER)


@cache
def words_for(language: str) -> Words:
    """Return a language; one that isn't ours is English."""
    known = language if language in LANGUAGES else "en"
    return Words(known, _translations(known))


def _translations(language: str) -> gettext.NullTranslations:
    source = files("bartizan.console") / "locale" / language / "console.po"
    if not source.is_file():
        return gettext.NullTranslations()
    catalog = read_po(io.BytesIO(source.read_bytes()), locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def language_of(*wishes: str, accepted: str = "") -> str:
    """Return the language for somebody: the first of the wishes that is ours, what the browser accepts, or English."""
    for wish in wishes:
        if wish in LANGUAGES:
            return wish
    ranked = []
    for place, part in enumerate(accepted[:500].split(",")):
        tag, _, quality = part.partition(";q=")
        try:
            ranked.append((-float(quality or 1), place, tag.strip().replace("-", "_")))
        except ValueError:
            continue
    return negotiate_locale([tag for _, _, tag in sorted(ranked) if tag], list(LANGUAGES)) or "en"
