"""Policies and systems in formats of other programs: OSCAL, and libraries of CISO Assistant.

A file is asked for by its name, which is the document's with what the format ends with, so that the references of OSCAL
documents to each other, which are names of files, lead on from wherever one of them was read.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator

import msgspec

from bartizan.console.assessing import reviewed
from bartizan.console.services import Services
from bartizan.govern.assurance import with_proofs
from bartizan.govern.tiers import tier_of
from bartizan.model import System
from bartizan.model.documents import Kind, PolicySpec, Stored
from bartizan.report.ciso_assistant import render_library
from bartizan.report.oscal_assessment import render_assessment
from bartizan.report.oscal_assessment_plan import render_assessment_plan
from bartizan.report.oscal_controls import render_baseline, render_controls
from bartizan.report.oscal_dossier import CATALOG_FILE, Dossier
from bartizan.report.oscal_poam import render_poam
from bartizan.report.oscal_policy import render_policy_catalog, render_policy_profile
from bartizan.report.oscal_ssp import render_ssp
from bartizan.store.register import Missing

__all__ = ["FILE", "FORMS", "Form", "Given", "Look", "documents_of", "give", "interchanged"]

Look = Callable[[Kind, str], Stored]
"""Finds a document that the one who asks may see, and raises for any other."""
_JSON, _YAML, _ZIP = "application/json", "application/yaml", "application/zip"
_FIRST = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive, so that the same files make the same archive."""
_OF_SYSTEMS: dict[str, Callable[[Dossier], str]] = {
    ".oscal-ssp.json": render_ssp,
    ".oscal-baseline.json": render_baseline,
    ".oscal-assessment-plan.json": render_assessment_plan,
    ".oscal-assessment.json": render_assessment,
    ".oscal-poam.json": render_poam,
}


class Form(msgspec.Struct, frozen=True):
    """What a suffix stands for: documents of which kind, in which media type."""

    kind: Kind
    media: str


class Given(msgspec.Struct, frozen=True):
    """A file, and its media type."""

    content: bytes
    media: str


FORMS: dict[str, Form] = {
    ".oscal-catalog.json": Form(Kind.POLICY, _JSON),
    ".oscal-profile.json": Form(Kind.POLICY, _JSON),
    ".ciso-assistant.yaml": Form(Kind.POLICY, _YAML),
    **{suffix: Form(Kind.SYSTEM, _JSON) for suffix in _OF_SYSTEMS},
    ".oscal.zip": Form(Kind.SYSTEM, _ZIP),
}
"""The formats by what a file's name ends with."""
FILE = re.compile(
    rf"^({re.escape(CATALOG_FILE)}|[a-z0-9]([a-z0-9.-]{{0,98}}[a-z0-9])?({'|'.join(map(re.escape, FORMS))}))$"
)
"""The names of all files."""


def give(file: str, services: Services, look: Look) -> Given:
    """Return a file by its name. Raises Missing for one that there isn't, and what `look` raises."""
    if file == CATALOG_FILE:
        return Given(render_controls(services.catalog, services.today()).encode(), _JSON)
    for suffix, form in FORMS.items():
        if file.endswith(suffix):
            stored = look(form.kind, file.removesuffix(suffix))
            return Given(interchanged(suffix, stored, services), form.media)
    raise Missing("there is no such format", help=f"names of files end with one of: {', '.join(FORMS)}")


def documents_of(kind: Kind) -> list[str]:
    """Return what the names of the OSCAL documents about a policy or a system end with."""
    return [suffix for suffix, form in FORMS.items() if form.kind is kind and form.media == _JSON]


def interchanged(suffix: str, stored: Stored, services: Services) -> bytes:
    """Return a policy or a system in the format that a suffix names.

    Raises NotAssessed for a system of which nothing can be said.
    """
    document, today = stored.document, services.today()
    spec = document.spec
    if isinstance(spec, System):
        made = _dossier(stored, spec, services)
        return _archive(made, services) if suffix == ".oscal.zip" else _OF_SYSTEMS[suffix](made).encode()
    assert isinstance(spec, PolicySpec)
    if suffix == ".ciso-assistant.yaml":
        title = services.organisation().title
        return render_library(document.name, spec, services.catalog, today, title).encode()
    render = render_policy_profile if suffix == ".oscal-profile.json" else render_policy_catalog
    return render(document.name, spec, today).encode()


def _dossier(stored: Stored, system: System, services: Services) -> Dossier:
    (stands, review), organisation = reviewed(services, stored), services.organisation()
    tier = next((one for one in organisation.tiers if one.id == stands.assessment.tier), tier_of(system, organisation))
    unit = organisation.units.get(stored.document.unit)
    return Dossier(
        name=stored.document.name,
        system=system,
        proven=with_proofs(system, stands.proofs, tier, services.today()),
        review=review,
        views=stands.views,
        proofs=stands.proofs,
        exceptions=stands.exceptions,
        tier=tier,
        organisation=organisation,
        unit=unit.title if unit else stored.document.unit,
        catalog=services.catalog,
        as_of=services.today(),
    )


def _archive(dossier: Dossier, services: Services) -> bytes:
    """Return all documents about a system and the catalog of controls that they rest on, in one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _files(dossier, services):
            archive.writestr(zipfile.ZipInfo(name, _FIRST), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _files(dossier: Dossier, services: Services) -> Iterator[tuple[str, str]]:
    yield CATALOG_FILE, render_controls(services.catalog, dossier.as_of)
    for suffix, render in _OF_SYSTEMS.items():
        yield f"{dossier.name}{suffix}", render(dossier)
