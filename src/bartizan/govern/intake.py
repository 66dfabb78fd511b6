"""Intake: from nine questions about a new initiative to a draft of its system."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TypeAlias

import msgspec

from bartizan.catalog import Catalog
from bartizan.govern.draft import Draft
from bartizan.govern.reason import marked
from bartizan.model import InputError, InputErrors, System
from bartizan.model.base import Id
from bartizan.model.decode import nearest
from bartizan.model.documents import Organisation
from bartizan.model.words import Category, Level

__all__ = ["PLANNED_IN", "QUESTIONS", "Answers", "Choice", "Question", "draft", "questions"]

Answers: TypeAlias = Mapping[str, str | Sequence[str]]
"""Answers by the question's id: a text, the id of a choice, or for `many` a list of these."""

PLANNED_IN = timedelta(days=90)
"""When the design's controls are planned for where nobody said: an assumption, written into the draft."""
_LONGEST = 200


class Choice(msgspec.Struct, frozen=True):
    """One answer that can be picked."""

    id: str
    text: str


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A question. Without `choices` the answer is a text; `many`: several choices, or none of them, may be picked."""

    id: str
    text: str
    help: str
    choices: tuple[Choice, ...] = ()
    many: bool = False


def _choices(**texts: str) -> tuple[Choice, ...]:
    return tuple(Choice(id.replace("_", "-"), text) for id, text in texts.items())


QUESTIONS = (
    Question(
        id="name",
        text=marked("What is it called?"),
        help=marked("The name that people use. You can change everything later."),
    ),
    Question(
        id="what",
        text=marked("What is it, most of all?"),
        help=marked("The draft starts from a design for this kind of system."),
        choices=_choices(
            documents=marked("An assistant that answers questions from documents"),
            agent=marked("An agent that uses tools or other systems"),
            coding=marked("An assistant for writing software"),
            copilot=marked("An AI feature of a product that we buy"),
            training=marked("Training or fine-tuning a model of our own"),
            decision=marked("A model that scores, sorts or decides"),
        ),
    ),
    Question(
        id="users",
        text=marked("Who uses it?"),
        help=marked("Pick the group that is the furthest from the organisation."),
        choices=_choices(
            employees=marked("Our own people"),
            customers=marked("Customers who sign in"),
            public=marked("Anybody, without signing in"),
        ),
    ),
    Question(
        id="data",
        text=marked("What is the highest class of data that it works with?"),
        help=marked("If you are not sure, take the higher one."),
    ),
    Question(
        id="categories",
        text=marked("Is any of this in the data?"),
        help=marked("Pick all that may occur, also in documents and conversations."),
        choices=_choices(
            personal=marked("Personal data"),
            sensitive_personal=marked("Sensitive personal data: beliefs, origin, sex life, union membership"),
            health=marked("Health data"),
            children=marked("Data of children"),
            financial=marked("Financial data"),
            payment=marked("Payment cards and accounts"),
            credentials=marked("Passwords, keys, tokens"),
            intellectual_property=marked("Trade secrets, inventions"),
            legal=marked("Legal matters"),
        ),
        many=True,
    ),
    Question(
        id="outside",
        text=marked("Does it read anything that people outside can write?"),
        help=marked("Mail, tickets, web pages, uploaded files, documents of partners, public code."),
        choices=_choices(yes=marked("Yes"), no=marked("No"), unknown=marked("I don't know")),
    ),
    Question(
        id="acts",
        text=marked("What can it do beside giving an answer?"),
        help=marked("Pick the strongest that applies."),
        choices=_choices(
            nothing=marked("Nothing: a person reads the answer"),
            proposes=marked("It prepares changes or messages, and a person confirms each one"),
            writes=marked("It changes records by itself"),
            sends=marked("It sends messages or data to others by itself"),
            executes=marked("It runs programs or commands by itself"),
            pays=marked("It moves money, orders or decides about people by itself"),
        ),
    ),
    Question(
        id="hosting",
        text=marked("Where does the model run?"),
        help=marked("A provider's interface counts as the provider, also inside a cloud subscription."),
        choices=_choices(
            provider=marked("At a provider"),
            cloud=marked("In our own cloud"),
            on_premises=marked("In our own data centre"),
        ),
    ),
    Question(
        id="criticality",
        text=marked("How bad is it when it fails or is wrong?"),
        help=marked("Think of customers, money, the law and safety."),
        choices=_choices(
            low=marked("A nuisance"),
            medium=marked("Work stops or has to be repeated"),
            high=marked("Customers or a key process are hit"),
            critical=marked("People are harmed, or the organisation is in danger"),
        ),
    ),
)  # fmt: skip
"""The questions. What classes of data there are depends on the organisation: see `questions`."""


def questions(organisation: Organisation) -> list[Question]:
    """Return the questions with the organisation's own classes of data."""
    classes = tuple(Choice(name, name) for name in organisation.classes)
    return [msgspec.structs.replace(one, choices=classes) if one.id == "data" else one for one in QUESTIONS]


def draft(
    answers: Answers, organisation: Organisation, catalog: Catalog, today: date, *, id: str = "", owner: str = ""
) -> System:
    """Return a draft of the system that the answers describe; `id` is made from the name where it isn't given.

    It is one of the catalog's designs, fitted to the answers. The design's controls are planned and not in place: the
    review shows what is missing until somebody says or proves more. Raises InputError or InputErrors that name the
    question.
    """
    given = _checked(answers, questions(organisation))
    made = Draft(
        name=_one(given, "name"),
        id=_id(id or _slug(_one(given, "name"))),
        owner=owner,
        what=_one(given, "what"),
        users=_one(given, "users"),
        class_=_one(given, "data"),
        categories=[Category(word) for word in given["categories"]],
        outside=_one(given, "outside"),
        acts=_one(given, "acts"),
        hosting=_one(given, "hosting"),
        criticality=Level(_one(given, "criticality")),
        classes=list(organisation.classes),
        currency=organisation.currency,
        planned=today + PLANNED_IN,
    )
    return made.system(catalog)


def _checked(answers: Answers, asked: Sequence[Question]) -> dict[str, list[str]]:
    """Return the answers as lists. Raises InputErrors with what is missing, unknown or too much."""
    errors = [
        InputError(f"`{key[:60]}` is no question", help=nearest(key, [one.id for one in asked]))
        for key in answers
        if key not in {one.id for one in asked}
    ]
    given: dict[str, list[str]] = {}
    for one in asked:
        answer = answers.get(one.id, [])
        words = [answer] if isinstance(answer, str) else [*dict.fromkeys(answer)]
        given[one.id] = words = [word.strip() for word in words if word.strip()]
        if not one.many and len(words) != 1:
            errors.append(InputError(f"`{one.id}` needs an answer" if not words else f"`{one.id}` takes one answer"))
        elif one.choices:
            known = [choice.id for choice in one.choices]
            errors += [
                InputError(f"`{word[:60]}` is no answer to `{one.id}`", help=nearest(word, known))
                for word in words
                if word not in known
            ]
        elif len(words[0]) > _LONGEST or not words[0].isprintable():
            errors.append(InputError(f"`{one.id}` takes one line of at most {_LONGEST} characters"))
    if errors:
        raise errors[0] if len(errors) == 1 else InputErrors(errors)
    return given


def _one(given: Mapping[str, list[str]], key: str) -> str:
    return given[key][0]


def _slug(name: str) -> str:
    """Return a name as an id: small letters and digits without accents, and hyphens."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("\u00df", "ss")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "draft"


def _id(text: str) -> str:
    try:
        return msgspec.convert(text, Id)
    except msgspec.ValidationError:
        raise InputError(f"`{text[:60]}` can't be an id", help="small letters, digits and hyphens") from None
