"""What a tool does to the world, by its name, by what it says of itself, and by what it wants to know.

Each of the three can only make it worse: a tool called `get_report` that says that it also mails the report sends. What
it claims in its annotations never makes it better where one of them says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from bartizan.catalog.tool_words import ObjectKind, Verb
from bartizan.guard.cards.claims import Claim, Given
from bartizan.guard.cards.words import STATES, VerbAt, lexicon, split, text_words, verb_form
from bartizan.model.card import Argument, Role, ValueType
from bartizan.model.words import Effect

__all__ = ["RANK", "Doing", "what_it_does"]

RANK = {Effect.READ: 0, Effect.WRITE: 1, Effect.SEND: 2, Effect.EXECUTE: 3, Effect.PAY: 4}
"""What is worse, when a tool does several."""

_FILLERS = frozenset(
    {"this", "tool", "function", "method", "api", "endpoint", "command", "it", "also", "then", "will", "can", "may",
     "to", "allows", "allow", "you", "lets", "let", "enables", "used", "use", "is", "the", "a", "an", "user", "users",
     "automatically", "helps", "by", "must", "and", "safely", "quickly", "immediately", "please", "simply",
     "optionally", "us", "agent", "agents", "model", "async", "additionally", "finally"}
)  # fmt: skip
_SUBJECTS = frozenset({"it", "this", "tool", "function", "also", "automatically", "additionally", "then"})
_AFTER_VERB = frozenset(
    {"a", "an", "the", "to", "this", "that", "given", "your", "new", "one", "all", "some", "any", "it", "them", "on",
     "with", "from", "into", "specified", "existing", "multiple", "each", "its", "arbitrary", "in", "up", "funds",
     "money", "files", "messages", "emails"}
)  # fmt: skip
_JOINS = frozenset({"and", "or", ",", "then", "also"})
_SENTENCES = 8
_SENTENCE_END = re.compile(r"[.;:!?\n]+(?:\s|$)|\n")
_FINAL = re.compile(
    r"permanent|irreversibl|can(?:not|'t| not) be undone|no undo|not reversible|unwiderruflich|définitiv|irrévocab",
    re.I,
)
_REPLACES = re.compile(r"overwrit|replac\w+ (?:the |an |any )?existing|completely replace|überschreib|remplace", re.I)
_HARD_ADDRESS = frozenset(
    {
        "url",
        "urls",
        "uri",
        "endpoint",
        "host",
        "hostname",
        "webhook",
        "domain",
        "ip",
        "website",
        "webpage",
        "site",
        "link",
        "href",
        "server",
        "proxy",
    }
)
_WEB_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_WEB_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_DRAFTS = frozenset({"draft", "compose", "entwurf", "brouillon", "bozza", "borrador"})


class Doing(msgspec.Struct, kw_only=True):
    """What a tool does, and why that is thought. `verbs` are the lexicon's entries that apply, the worst first."""

    effect: Effect = Effect.READ
    reversible: bool = True
    destroys: bool = False
    fetches: bool = False
    verbs: list[Verb] = []
    said: list[str] = []
    """The verbs as they stand in the name."""
    named: list[Verb] = []
    """The entries that its name alone speaks of."""
    reasons: list[str] = []

    def worsen(self, effect: Effect, reason: str, *, reversible: bool = False, destroys: bool = False) -> None:
        """Take the worse of both effects, and note the reason where it changes something."""
        worse = RANK[effect] > RANK[self.effect]
        if worse:
            self.effect = effect
        if worse or (not reversible and self.reversible) or (destroys and not self.destroys):
            self.reasons.append(reason)
        self.reversible = self.reversible and reversible
        self.destroys = self.destroys or destroys


def what_it_does(
    claim: Claim, parts: Sequence[str], arguments: dict[str, Argument], things: Sequence[ObjectKind]
) -> Doing:
    """Say what a tool does. `parts` are the words of its name, `things` the kinds of objects it acts on."""
    doing = Doing()
    known = _from_name(doing, parts, things)
    known = _from_description(doing, claim, things) or known
    _from_arguments(doing, claim, parts, arguments, things)
    _from_claims(doing, claim, known or doing.effect is not Effect.READ)
    if doing.effect is Effect.READ:
        doing.reversible, doing.destroys = True, False
    else:
        _how_final(doing, claim, parts, arguments)
    return doing


def _apply(doing: Doing, verb: Verb, things: Sequence[ObjectKind], where: str) -> None:
    if verb not in doing.verbs:
        doing.verbs.append(verb)
    if verb.effect is Effect.READ:
        if not doing.reasons:
            doing.reasons.append(f"{where}: it reads")
        return
    effect, reversible = verb.effect, verb.reversible
    if (
        effect is Effect.PAY
        and verb.id == "pay"
        and things
        and not any(kind.money or kind.id in ("account", "invoice", "card") for kind in things)
    ):
        effect = Effect.WRITE  # what is transferred or deposited is no money
    if effect in (Effect.WRITE, Effect.SEND, Effect.EXECUTE) and not verb.destroys and _pays(verb, things):
        effect, reversible = Effect.PAY, verb.id == "update"
        if lexicon().verbs["pay"] not in doing.verbs:
            doing.verbs.append(lexicon().verbs["pay"])
    doing.worsen(
        effect,
        f"{where}: it {_WORDS[effect]}{' and destroys' if verb.destroys else ''}",
        reversible=reversible,
        destroys=verb.destroys,
    )


_WORDS = {
    Effect.READ: "reads",
    Effect.WRITE: "changes something",
    Effect.SEND: "sends something out",
    Effect.EXECUTE: "runs something",
    Effect.PAY: "pays",
}
_NO_PAYMENT = frozenset(
    {"share", "publish", "notify", "follow", "assign", "lock", "open", "copy", "move", "restore", "write"}
)


def _pays(verb: Verb, things: Sequence[ObjectKind]) -> bool:
    """Tell whether doing this to these things moves money; writing about it doesn't."""
    return (
        verb.id not in _NO_PAYMENT
        and any(kind.money for kind in things)
        and not any(kind.id in ("event", "mail", "message", "file", "note") for kind in things)
    )


def _from_name(doing: Doing, parts: Sequence[str], things: Sequence[ObjectKind]) -> bool:
    """Take the verbs of a name: the first that surely is one, others joined to it or last, else what may be one."""
    found = lexicon().verbs_in(parts)
    sure = [one for one in found if not one.noun]
    if sure:
        first = sure[0]
        chosen = [first]
        for one in sure[1:]:
            between = list(parts[chosen[-1].place + 1 : one.place])
            if not between or set(between) <= _JOINS or (one.place + len(one.word.split()) == len(parts)):
                chosen.append(one)
        # `order_list`: an order is a thing; `update_list`, `merge_open_requests`: it is what is done.
        last = first in _last(found, parts)
        thing = found[0].word in lexicon().objects
        if found[0].place == 0 and found[0].noun and (not thing if last else first.place > 1):
            chosen.append(found[0])
    else:
        chosen = _unsure(found, parts)
    for one in chosen:
        doing.said.append(one.word)
        _apply(doing, one.verb, things, f"its name says `{one.word}`")
    doing.named = list(doing.verbs)
    return bool(chosen)


def _last(found: Sequence[VerbAt], parts: Sequence[str]) -> list[VerbAt]:
    return [one for one in found if one.place + len(one.word.split()) == len(parts)]


def _unsure(found: Sequence[VerbAt], parts: Sequence[str]) -> list[VerbAt]:
    """Choose among words that may be nouns as well: one that is followed by what makes it a noun is none."""
    real = [one for one in found if not (one.place + 1 < len(parts) and parts[one.place + 1] in STATES)]
    dropped = [one for one in found if one not in real and one.place == 0]
    real = [one for one in real if one.word not in STATES] or real
    if real:
        last, known = _last(real, parts), lexicon()
        return [
            max(
                real,
                key=lambda one: (
                    one.place == 0,
                    bool(known.objects_in(parts[one.place + 1 : one.place + 2])),
                    one in last,
                    RANK[one.verb.effect],
                ),
            )
        ]
    if dropped:  # `order status`: what is left is a thing that is looked at
        return [VerbAt(0, parts[-1], lexicon().verbs["get"], True)]
    return []


def _from_description(doing: Doing, claim: Claim, things: Sequence[ObjectKind]) -> bool:
    known = bool(re.match(r"\W*(?:this tool |it )?returns?\b", claim.says, re.I))  # what only returns something reads
    sentences = [claim.title, *_SENTENCE_END.split(claim.says)[:_SENTENCES]]
    for number, sentence in enumerate(sentences):
        for word, verb in _leading(text_words(sentence), first=number <= 1):
            known = True
            _apply(doing, verb, things, f"{'its title' if number == 0 else 'its description'} says `{word}`")
    return known


def _leading(words: Sequence[str], *, first: bool) -> Iterable[tuple[str, Verb]]:
    """Yield the verbs of a sentence that say what the tool does: at its start, and joined to one there.

    After the first sentence, an order is one to the model ("set `limit` to 10"), so there the tool must be its subject.
    """
    place = 0
    while place < len(words) and words[place] in _FILLERS:
        place += 1
    if words[place : place + 1] and words[place].rstrip("s") in ("perform", "do", "conduct", "make"):
        place = next((at for at in range(place + 1, min(place + 5, len(words))) if words[at] in lexicon().verbs), place)
        start = (
            (words[place], lexicon().verbs[words[place]]) if words[place] in lexicon().verbs else _verb(words, place)
        )
    else:
        start = _verb(words, place)
    if start is None or not (first or set(words[:place]) & _SUBJECTS or words[place].endswith("s")):
        return
    yield start
    # What is joined is sought in the reach of a sentence only: further on, sentences speak of other things.
    for at in range(place + 1, min(len(words), 40)):
        if words[at - 1] in _JOINS:
            joined = _verb(words, at)
            if joined is not None and (
                words[at] not in lexicon().nouns or (words[at + 1 : at + 2] and words[at + 1] in _AFTER_VERB)
            ):
                yield joined


def _verb(words: Sequence[str], place: int) -> tuple[str, Verb] | None:
    if place >= len(words):
        return None
    known = lexicon()
    for form in verb_form(words[place]):
        verb = known.verbs.get(form)
        if verb is None or form == "return":
            continue
        following = words[place + 1] if place + 1 < len(words) else ""
        if (
            form in known.nouns
            and following not in _AFTER_VERB
            and not (following and known.objects.get(following) and words[place] == form and place == 0)
        ):
            return None
        return words[place], verb
    return None


def _from_arguments(
    doing: Doing, claim: Claim, parts: Sequence[str], arguments: dict[str, Argument], things: Sequence[ObjectKind]
) -> None:
    types = {name: one.type for name, one in arguments.items()}
    if ValueType.COMMAND in types.values():
        name = next(name for name, type_ in types.items() if type_ is ValueType.COMMAND)
        doing.worsen(Effect.EXECUTE, f"its argument `{name}` is something to run")
    if doing.effect is Effect.WRITE and not set(parts) & _DRAFTS:
        told = next(
            (name for name, one in arguments.items() if one.role is Role.CRITICAL and _to_whom(name, one.type, things)),
            None,
        )
        if told is not None:
            doing.worsen(Effect.SEND, f"its argument `{told}` says to whom", reversible=doing.reversible)
    if (
        doing.effect in (Effect.WRITE, Effect.SEND)
        and ValueType.AMOUNT in types.values()
        and ValueType.ACCOUNT in types.values()
    ):
        doing.worsen(Effect.PAY, "it takes an account and an amount", reversible=doing.reversible)
    _takes_away(doing, arguments)
    for one in claim.arguments:
        _from_choices(doing, one)
    _address(doing, claim, types)


def _takes_away(doing: Doing, arguments: dict[str, Argument]) -> None:
    """Hold what exports or downloads to where it puts that: with somebody else, or over a file that is there."""
    if doing.effect is not Effect.READ or not set(doing.said) & {
        "export",
        "download",
        "fetch",
        "extract",
        "take screenshot",
    }:
        return
    for name, one in arguments.items():
        words = set(split(name.rpartition(".")[2]))
        kind = lexicon().value_of(split(name.rpartition(".")[2]))
        if one.role is not Role.CRITICAL or kind is None:
            continue
        if "export" in doing.said and (kind.recipient or kind.id in ("email", "url")):
            doing.worsen(Effect.SEND, f"its argument `{name}` says to whom")
        elif one.type is ValueType.PATH and words & {"save", "dest", "destination", "output", "local", "target", "to"}:
            doing.worsen(Effect.WRITE, f"its argument `{name}` says where it writes", destroys=True)


def _to_whom(name: str, type_: ValueType, things: Sequence[ObjectKind]) -> bool:
    """Tell whether something goes to whom an argument names: an address beside a mail or an event, a recipient."""
    if type_ not in (ValueType.EMAIL, ValueType.PHONE, ValueType.NAME):
        return False
    kind = lexicon().value_of(split(name.rpartition(".")[2]))
    written = any(thing.id in ("mail", "message", "event", "attendee") for thing in things)
    return kind is not None and (
        (kind.recipient and (written or type_ is not ValueType.NAME)) or (kind.id in ("email", "phone") and written)
    )


def _from_choices(doing: Doing, one: Given) -> None:
    """Hold a tool that is told what to do by an argument to the worst of the choices."""
    if not one.choices or not re.search(r"action|operation|method|command|mode|verb", one.name.casefold()):
        return
    methods = {choice.upper() for choice in one.choices}
    if methods & _WEB_WRITES and methods & _WEB_READS:
        doing.worsen(Effect.SEND, f"its argument `{one.name}` may change what is at an address")
    for choice in one.choices:
        found = lexicon().verbs_in(text_words(choice))
        if found and found[0].verb.effect is not Effect.READ:
            verb = found[0].verb
            doing.worsen(
                verb.effect,
                f"its argument `{one.name}` may be `{choice[:40]}`",
                reversible=verb.reversible,
                destroys=verb.destroys,
            )


def _address(doing: Doing, claim: Claim, types: dict[str, ValueType]) -> None:
    """Tell whether the tool goes where its caller says; an address beside a search text only narrows the search."""
    searches = any(one.name.casefold() in ("query", "q", "search", "keywords") for one in claim.arguments)
    for name, type_ in types.items():
        words = set(re.findall(r"[a-z]+", name.casefold().replace("_", " ")))
        hard = bool(words & _HARD_ADDRESS) or any(word in name.casefold() for word in ("url", "uri", "webhook"))
        if (
            type_ is ValueType.URL
            and hard
            and not (searches and doing.effect is Effect.READ)
            and not {"image", "avatar", "icon"} & words
        ):
            doing.fetches = True
            doing.reasons.append(f"its argument `{name}` says where it goes")
            return


def _from_claims(doing: Doing, claim: Claim, known: bool) -> None:
    """Weigh what the tool claims of itself: against it always, for it only where nothing else is known."""
    only_reads, destroys = claim.hints.get("readOnlyHint"), claim.hints.get("destructiveHint")
    if not known:
        if only_reads is True:
            doing.reasons.append("it claims only to read, and nothing says otherwise")
        else:
            doing.worsen(Effect.WRITE, "nothing says what it does, so the worst is assumed", destroys=True)
        return
    if doing.effect is not Effect.READ and only_reads is True:
        doing.reasons.append("it claims only to read; that is not believed")
    if doing.effect is Effect.READ and only_reads is False:
        doing.worsen(Effect.WRITE, "it says itself that it does not only read")
    if destroys is True and only_reads is not True and doing.effect is not Effect.READ:
        doing.worsen(doing.effect, "it says itself that it may destroy", destroys=True)


def _how_final(doing: Doing, claim: Claim, parts: Sequence[str], arguments: dict[str, Argument]) -> None:
    if _FINAL.search(claim.says):
        doing.worsen(doing.effect, "its description says that it can't be undone")
    overwrites = _REPLACES.search(claim.says) or any("overwrite" in name.casefold() for name in arguments)
    writes_path = any(verb.id in ("write", "copy", "move") for verb in doing.verbs) and any(
        one.type is ValueType.PATH and one.role is Role.CRITICAL for one in arguments.values()
    )
    if overwrites or (writes_path and "append" not in parts):
        doing.worsen(doing.effect, "it may overwrite what was there", destroys=True)
    if any(one.type is ValueType.SECRET and one.role is Role.CRITICAL for one in arguments.values()) and any(
        verb.id in ("update", "create", "write") for verb in doing.verbs
    ):
        doing.worsen(doing.effect, "what the secret was before is lost", destroys=True)
    if doing.effect in (Effect.SEND, Effect.EXECUTE):
        doing.reversible = False
