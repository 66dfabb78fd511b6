"""Every operation of the API, one line each: what the specification is made from. A test holds it to the routes."""

from __future__ import annotations

import msgspec

from bartizan.console.api.asked import (
    CatalogAsked,
    Changing,
    Compared,
    EvidenceAsked,
    Listed,
    Nothing,
    Reason,
    Rotating,
    Testing,
    TrailAsked,
)
from bartizan.console.api.bodies import JSON, LINES, MERGE, XML, YAML
from bartizan.model.documents import Kind

__all__ = ["OPERATIONS", "Answered", "Operation"]

_READ = (400, 401, 404, 503)
_CHANGE = (400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 503)


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that is no problem: the name of its schema, empty for no content, in which forms, with what headers.

    `raw` are forms beside these that no schema describes.
    """

    status: int
    schema: str = ""
    types: tuple[str, ...] = (JSON,)
    raw: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation. `body` maps media types to names of schemas; `conditions` are headers that it reads."""

    method: str
    path: str
    id: str
    summary: str
    tag: str
    right: str = "read"
    query: type[msgspec.Struct] = Nothing
    body: dict[str, str] = {}
    conditions: tuple[str, ...] = ()
    answers: tuple[Answered, ...]
    problems: tuple[int, ...] = _READ
    open: bool = False


_DOCUMENT = ("ETag", "Last-Modified", "Bartizan-Version")
_FORMS = (JSON, YAML)


def _of_kind(kind: Kind) -> list[Operation]:
    base, name, schema = f"/{kind.plural}", kind.value, f"{kind.value}Document"
    one = f"{base}/{{name}}"
    read = Answered(status=200, schema=schema, types=_FORMS, headers=_DOCUMENT)
    kept = Answered(status=200, schema=schema, types=_FORMS, headers=(*_DOCUMENT, "Bartizan-Result"))
    made = Answered(status=201, schema=schema, types=_FORMS, headers=(*_DOCUMENT, "Bartizan-Result", "Location"))
    same = Answered(status=304, headers=("ETag",))
    plural = kind.plural[:1].upper() + kind.plural[1:]
    return [
        Operation(method="get", path=base, id=f"list{plural}", summary=f"List {kind.plural}", tag=kind.plural,
                  query=Listed, answers=(Answered(status=200, schema="EntryPage", headers=("Link",)),),
                  problems=(400, 401, 422, 503)),
        Operation(method="get", path=one, id=f"get{name}", summary=f"Read {_a(name)}", tag=kind.plural,
                  conditions=("If-None-Match",), answers=(read, same), problems=(*_READ, 406)),
        Operation(method="put", path=one, id=f"put{name}", summary=f"Create or change {_a(name)}", tag=kind.plural,
                  right="by what changes", query=Changing, body=dict.fromkeys(_FORMS, schema),
                  conditions=("If-Match", "If-None-Match", "Bartizan-Why"), answers=(kept, made),
                  problems=(*_CHANGE, 406)),
        Operation(method="patch", path=one, id=f"patch{name}", summary=f"Change parts of {_a(name)}", tag=kind.plural,
                  right="by what changes", query=Changing, body={MERGE: "Patch"},
                  conditions=("If-Match", "Bartizan-Why"), answers=(kept,), problems=(*_CHANGE, 406)),
        Operation(method="delete", path=one, id=f"delete{name}", summary=f"Take out {_a(name)}", tag=kind.plural,
                  right="by its kind", query=Reason, conditions=("If-Match", "Bartizan-Why"),
                  answers=(Answered(status=204),), problems=(400, 401, 403, 404, 412, 422, 428, 503)),
        Operation(method="get", path=f"{one}/versions", id=f"list{name}Versions",
                  summary=f"List what was done to {_a(name)}", tag=kind.plural,
                  answers=(Answered(status=200, schema="ChangePage"),)),
        Operation(method="get", path=f"{one}/versions/{{version}}", id=f"get{name}Version",
                  summary=f"Read an earlier version of {_a(name)}", tag=kind.plural, conditions=("If-None-Match",),
                  answers=(read, same), problems=(*_READ, 406)),
        Operation(method="get", path=f"{one}/differences", id=f"compare{name}Versions",
                  summary=f"Compare two versions of {_a(name)}", tag=kind.plural, query=Compared,
                  answers=(Answered(status=200, schema="Differences"),)),
    ]  # fmt: skip


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'EO' else 'a'} {name}"


OPERATIONS: tuple[Operation, ...] = (
    *(operation for kind in Kind for operation in _of_kind(kind)),
    Operation(method="get", path="/systems/{name}/assessment", id="getAssessment", tag="assurance",
              summary="Read what follows for a system", answers=(Answered(status=200, schema="Assessment"),)),
    Operation(method="get", path="/systems/{name}/controls", id="listControls", tag="assurance",
              summary="List the controls of a system and how each stands",
              answers=(Answered(status=200, schema="ControlPage"),)),
    Operation(method="get", path="/systems/{name}/review", id="getReview", tag="assurance",
              summary="Read the whole review of a system", answers=(Answered(status=200, schema="ReviewResult"),)),
    Operation(method="get", path="/interchange/{file}", id="getInterchange", tag="assurance",
              summary="Read a policy or a system in a format of other programs, such as OSCAL",
              answers=(Answered(status=200, schema="AnyObject", types=_FORMS, raw=("application/zip",)),)),
    Operation(method="get", path="/evidence", id="listEvidence", tag="assurance", query=EvidenceAsked,
              summary="List evidence, the latest first",
              answers=(Answered(status=200, schema="EvidencePage", headers=("Link",)),), problems=(400, 401, 503)),
    Operation(method="post", path="/evidence", id="addEvidence", tag="assurance", right="change",
              summary="Add evidence", body={JSON: "Proofs"},
              answers=(Answered(status=200, schema="Added"), Answered(status=201, schema="Added")),
              problems=(400, 401, 403, 413, 415, 422, 503)),
    Operation(method="post", path="/systems/{name}/tests", id="addTests", tag="assurance", right="change",
              summary="Add the evidence in results of tests", query=Testing,
              body={XML: "TestReport", LINES: "TestLines", JSON: "Report"},
              answers=(Answered(status=200, schema="Results"), Answered(status=201, schema="Results")),
              problems=(400, 401, 403, 404, 413, 415, 422, 503)),
    Operation(method="get", path="/trail", id="listTrail", tag="audit", right="audit", query=TrailAsked,
              summary="List what was done to any document, the latest first",
              answers=(Answered(status=200, schema="ChangePage", headers=("Link",)),), problems=(400, 401, 403, 503)),
    Operation(method="get", path="/me", id="getMe", tag="audit", right="none", summary="Tell who is asking",
              answers=(Answered(status=200, schema="Me"),), problems=(400, 401, 503)),
    Operation(method="post", path="/answers", id="answerQuestion", tag="answers",
              summary="Answer whether a tool may be used with some data", body={JSON: "Question"},
              answers=(Answered(status=200, schema="Reply"),), problems=(400, 401, 404, 413, 415, 422, 503)),
    Operation(method="get", path="/catalog/{part}", id="listCatalog", tag="catalog", right="none", query=CatalogAsked,
              summary="List the entries of a part of the catalog",
              answers=(Answered(status=200, schema="CatalogPage"),)),
    Operation(method="get", path="/catalog/{part}/{id}", id="getCatalogEntry", tag="catalog", right="none",
              summary="Read an entry of the catalog", answers=(Answered(status=200, schema="CatalogEntry"),)),
    Operation(method="get", path="/webhooks", id="listWebhooks", tag="webhooks", right="administer",
              summary="List webhooks", answers=(Answered(status=200, schema="WebhookPage"),),
              problems=(400, 401, 403, 503)),
    Operation(method="post", path="/webhooks", id="addWebhook", tag="webhooks", right="administer",
              summary="Subscribe to events", body={JSON: "Wanted"},
              answers=(Answered(status=201, schema="Made", headers=("ETag", "Location")),),
              problems=(400, 401, 403, 413, 415, 422, 503)),
    Operation(method="get", path="/webhooks/{id}", id="getWebhook", tag="webhooks", right="administer",
              summary="Read a webhook", answers=(Answered(status=200, schema="Hook", headers=("ETag",)),),
              problems=(*_READ, 403)),
    Operation(method="patch", path="/webhooks/{id}", id="changeWebhook", tag="webhooks", right="administer",
              summary="Change settings of a webhook", body={MERGE: "WebhookPatch"}, conditions=("If-Match",),
              answers=(Answered(status=200, schema="Hook", headers=("ETag",)),),
              problems=(400, 401, 403, 404, 412, 413, 415, 422, 428, 503)),
    Operation(method="post", path="/webhooks/{id}/test", id="testWebhook", tag="webhooks", right="administer",
              summary="Send a test, and tell how it went", answers=(Answered(status=200, schema="Tried"),),
              problems=(*_READ, 403)),
    Operation(method="post", path="/webhooks/{id}/rotate", id="rotateWebhook", tag="webhooks", right="administer",
              query=Rotating, summary="Make a new secret; the one before stays valid for a while",
              answers=(Answered(status=200, schema="Made"),), problems=(*_READ, 403)),
    Operation(method="post", path="/webhooks/{id}/enable", id="enableWebhook", tag="webhooks", right="administer",
              summary="Turn a webhook on again",
              answers=(Answered(status=200, schema="Hook", headers=("ETag",)),),
              problems=(*_READ, 403)),
    Operation(method="delete", path="/webhooks/{id}", id="deleteWebhook", tag="webhooks", right="administer",
              summary="Unsubscribe", answers=(Answered(status=204),), problems=(*_READ, 403)),
    Operation(method="get", path="/openapi.json", id="getDescription", tag="audit", right="none",
              summary="Read this specification", answers=(Answered(status=200, schema="AnyObject"),),
              problems=(400,), open=True),
)  # fmt: skip
