"""Texts of an office for requests and answers: any number of them, none like another, all equally long."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

__all__ = ["texts"]

SENTENCES = [
    "Please read the notes of yesterday's meeting and write a short summary for people who were not there.",
    "The team agreed to move the release by a week, because the tests of the new import are not finished.",
    "Sales asked for a page that shows open orders by region, and the number of days since they came in.",
    "We would like to know which of the three suppliers has the shortest time of delivery in winter.",
    "The draft of the contract is with the lawyers, who want two clauses changed before it is signed.",
    "Could you explain in simple words what the difference between the two tariffs is?",
    "Marketing plans a campaign for the autumn, with a newsletter, a video and a stand at the fair in Basel.",
    "The server room was too warm last week, so the cooling is checked on Thursday morning.",
    "Nobody answered the question about holidays, and the calendar of the department is still empty.",
    "A customer complains that the parcel was damaged, and asks for a new one rather than the money.",
    "Write the function so that it returns an empty list when there is nothing to do.",
    "The second quarter was better than the first, mostly because fewer orders were cancelled.",
    "Our colleagues in Lyon have translated the manual, and ask who looks at the pictures once more.",
    "It is not clear whether the old licence covers the new plant, so somebody has to ask the vendor.",
    "The training for new people takes place every month, and lasts a day and a half.",
    "I tried the steps in the guide, but the program stops with a message that says nothing useful.",
    "Then compare both tables, and list all rows that stand in only one of them.",
    "The canteen will be closed for two weeks while the kitchen is rebuilt.",
    "Most of the delay comes from approvals that wait for a person who is away.",
    "Make the tone friendlier, keep the facts as they are, and leave out the last paragraph.",
    "The figures of the forecast are in thousands, those of the budget are not, which confuses everybody.",
    "If the pump fails, the valve closes by itself, and the operator hears a signal.",
    "There are three ways to reach the office: by train, by bus, or on foot along the river.",
    "The query is slow because it reads the whole table for each line of the report.",
    "Before the audit we have to collect the minutes, the list of visitors and the plans for emergencies.",
]


def texts(size: int, seed: int) -> Iterator[str]:
    """Yield texts of `size` characters, each of sentences in an order of its own with a word of its own in between."""
    random = Random(seed)  # noqa: S311 - nothing here is secret
    number = 0
    while True:
        number += 1
        chosen = random.sample(SENTENCES, min(len(SENTENCES), size // 60 + 2))
        chosen.insert(1, f"This is about the {_word(number)} {_word(number * 31 + seed)}.")
        yield " ".join(chosen)[:size].ljust(size, ".")


def _word(number: int) -> str:
    """Return a word for a number, so that texts differ by more than the order of their sentences."""
    out = ""
    while number:
        number, rest = divmod(number, 15)
        out += "bdfgklmnprstvwz"[rest] + "aeiou"[rest % 5]
    return out
