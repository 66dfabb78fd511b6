"""An edition in another language: the same statements under the same numbers, as far as the catalog has the words."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from bartizan.catalog.statements import Statements
from bartizan.govern.policies.choose import fill, parameters
from bartizan.model import InputError
from bartizan.model.documents import Organisation, PolicySpec, Statement

__all__ = ["languages_for", "translated"]


def languages_for(policy: PolicySpec, statements: Statements) -> list[str]:
    """Return the other languages that a policy can be printed in: those of the document that it was drafted from."""
    there = statements.languages(policy.document) if policy.document in statements.documents else []
    return [one for one in there if one != policy.language]


def translated(policy: PolicySpec, language: str, organisation: Organisation, statements: Statements) -> PolicySpec:
    """Return a policy in another language.

    Words are exchanged only where they are the catalog's own, filled in for this organisation: what the organisation
    has written, and what the catalog says otherwise today, stays as it was approved. Raises InputError for a language
    that the policy's document isn't written in.
    """
    if language == policy.language:
        return policy
    there = languages_for(policy, statements)
    if language not in there:
        help = f"there are: {', '.join(there)}" if there else "it wasn't drafted from a document of the catalog"
        raise InputError(f"this policy can't be had in `{language[:20]}`", help=help)
    filled = {name: parameters(organisation, name) for name in (policy.language, language)}

    def said(text: str, catalog: Mapping[str, str]) -> str:
        ours = {name: fill(words, values) for name, words in catalog.items() if (values := filled.get(name))}
        return ours[language] if language in ours and ours.get(policy.language) == text else text

    def stated(one: Statement) -> Statement:
        entry = statements.statements.get(one.id)
        section = next((title for title in titles if title.get(policy.language) == one.section), {})
        return msgspec.structs.replace(
            one, text=said(one.text, entry.text if entry else {}), section=said(one.section, section)
        )

    whole = statements.documents[policy.document]
    titles = [section.title for section in whole.sections]
    return msgspec.structs.replace(
        policy,
        title=said(policy.title, whole.title),
        purpose=said(policy.purpose, whole.purpose),
        scope=said(policy.scope, whole.scope),
        language=language,
        statements=[stated(one) for one in policy.statements],
    )
