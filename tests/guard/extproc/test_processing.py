"""The conversation with Envoy, message by message: nothing goes on undecided, in whatever mode bodies come."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bartizan.cli.gateway_parts import load
from bartizan.guard.config import ExtProc, Limits
from bartizan.guard.engine import Engine
from bartizan.guard.extproc import Part, Processing
from bartizan.guard.inprocess.running import driven
from bartizan.guard.refused import Refused
from tests.guard.extproc.playing import (
    BUFFERED,
    DUPLEX,
    NONE,
    STREAMED,
    Envoy,
    World,
    field,
    headers,
    told,
)

CONFIG = """
upstreams:
  - {id: one, door: openai, url: "http://127.0.0.1:9/v1", secret: "env:PATH"}
  - {id: two, door: azure, url: "http://127.0.0.1:9", models: {named: dated}}
  - {id: three, door: gemini, url: "http://127.0.0.1:9"}
identity: {keys: keys.jsonl}
data:
  inspect: {types: [iban-code, email-address]}
  rules:
    - {id: no-bank, do: block, types: [iban-code]}
    - {id: people, do: pseudonym, on: [request], types: [email-address]}
    - {id: rest, do: allow}
"""
IBAN, MAIL = "CH93 0076 2011 6238 5295 7", "anna@example.ch"
SSE = ("content-type", "text/event-stream")
GEMINI = "/gemini/v1beta/models/m:streamGenerateContent"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder: Path = tmp_path_factory.mktemp("extproc")
    (folder / "policies").mkdir()
    (folder / "policies" / "all.cedar").write_text('@id("staff") permit (principal, action, resource);')
    (folder / "gateway.yaml").write_text(CONFIG)
    return load(folder / "gateway.yaml").engine


@pytest.fixture
def play(engine: Engine) -> Any:
    def begin(request: int = BUFFERED, response: int = DUPLEX, *, door: ExtProc | None = None, **limits: int) -> Envoy:
        world = World(engine, Limits(**limits))
        return Envoy(world, Processing(world, door or ExtProc()), (request, response))

    return begin


def chat(text: str, **more: Any) -> bytes:
    return json.dumps({"model": "m", "messages": [{"role": "user", "content": text}], **more}).encode()


def answer(text: str) -> bytes:
    message = {"role": "assistant", "content": text}
    return json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}).encode()


def event(text: str) -> bytes:
    return b"data: " + json.dumps({"choices": [{"index": 0, "delta": {"content": text}}]}).encode() + b"\n\n"


def sent(envoy: Envoy, text: str = "hello", **more: Any) -> None:
    """Get a request through."""
    envoy.request()
    assert envoy.asked(chat(text, **more))[-1].kind in (1, 3)
    assert envoy.processing.prepared is not None


def rule(replies: list[Any]) -> tuple[int, str]:
    (reply,) = replies
    assert reply.kind == 7
    return reply.status, reply.put["x-bartizan-rule"]


# ---- the request


def test_a_buffered_request_loses_secrets_first_and_gets_ours_once_it_is_decided(play: Any) -> None:
    envoy = play()
    (first,) = envoy.request("/openai/v1/chat/completions", ("authorization", "Bearer btz"), ("content-length", "9"))
    assert (first.kind, first.put, first.remove, first.modes) == (1, {}, ["authorization"], None)
    asked = chat(f"write to {MAIL}")
    (second,) = envoy.asked(asked)
    assert second.kind == 3
    assert second.reroute
    assert second.body is not None
    assert MAIL.encode() not in second.body
    assert second.put == {
        "x-bartizan-upstream": "one",
        "accept-encoding": "identity",
        "authorization": "Bearer provider",
        "content-length": str(len(second.body)),
    }


def test_a_request_that_nothing_changes_goes_on_as_it_is(play: Any) -> None:
    envoy = play()
    envoy.request()
    (reply,) = envoy.asked(chat("hello"), end=False)  # trailers follow
    assert (reply.body, "content-length" in reply.put) == (None, False)
    (trailers,) = envoy.say(headers(Part.REQUEST_TRAILERS, [("x-note", MAIL)]))
    assert (trailers.kind, trailers.remove) == (5, ["x-note"])


def test_in_full_duplex_even_the_headers_wait_for_the_decision(play: Any) -> None:
    envoy = play(DUPLEX)
    assert envoy.request("/openai/v1/chat/completions", ("x-api-key", "btz")) == []
    text = "word " * 20_000
    whole = chat(text)
    assert envoy.asked(whole[:50], end=False) == []
    head, *pieces = envoy.asked(whole[50:])
    assert (head.kind, head.remove, head.put["authorization"]) == (1, ["x-api-key"], "Bearer provider")
    assert b"".join(piece.body for piece in pieces) == whole
    assert [piece.end for piece in pieces] == [False, True]
    assert max(len(piece.body) for piece in pieces) == 65_536


def test_trailers_end_a_full_duplex_request(play: Any) -> None:
    envoy = play(DUPLEX)
    envoy.request()
    assert envoy.asked(chat("hello"), end=False) == []
    head, piece, trailers = envoy.say(headers(Part.REQUEST_TRAILERS, [("x-note", MAIL)]))
    assert (head.kind, piece.end, trailers.kind, trailers.remove) == (1, False, 5, ["x-note"])


def test_a_streamed_request_is_asked_for_in_one_piece_and_refused_otherwise(play: Any) -> None:
    envoy = play(STREAMED)
    (first,) = envoy.request()
    assert first.modes == (BUFFERED, DUPLEX)
    assert envoy.asked(chat("hello"))[0].kind == 3
    envoy = play(STREAMED)
    envoy.request()
    assert rule(envoy.asked(b"{", end=False)) == (500, "envoy-modes")
    assert envoy.processing.over


@pytest.mark.parametrize("modes", [(NONE, DUPLEX), (BUFFERED, NONE), (3, DUPLEX), (BUFFERED, 5), None])
def test_a_filter_that_would_let_bodies_pass_unseen_is_refused_at_once(play: Any, modes: Any) -> None:
    envoy = play()
    envoy.modes = modes
    assert rule(envoy.request()) == (500, "envoy-modes")


def test_an_envoy_that_only_looks_on_is_refused(play: Any) -> None:
    said = headers(Part.REQUEST_HEADERS, [(":method", "POST"), (":path", "/openai/v1/responses")], modes=(2, 4))
    assert rule(play().say(said + field(10, 1))) == (500, "envoy-modes")


def test_who_is_nobody_is_refused_before_the_body_comes(play: Any) -> None:
    envoy = play()
    envoy.world.nobody = Refused(401, "not-identified", "nobody")
    (reply,) = envoy.request()
    assert (reply.status, reply.details) == (401, "bartizan_not-identified")
    assert "www-authenticate" in reply.put
    assert json.loads(reply.body)["error"]["rule"] == "not-identified"
    assert envoy.asked(chat("hello")) == []


def test_a_rule_refuses_in_the_callers_protocol(play: Any) -> None:
    envoy = play()
    envoy.request()
    assert rule(envoy.asked(chat(IBAN))) == (403, "no-bank")
    assert envoy.world.notes == ["begin chat 3", "refused no-bank"]


@pytest.mark.parametrize(
    ("path", "more", "method", "refusal"),
    [
        ("/elsewhere", (), "POST", (404, "path-not-served")),
        ("/openai/v1/chat/completions", (("content-encoding", "gzip"),), "POST", (415, "encoding-not-taken")),
        ("/openai/v1/chat/completions", (("content-length", "2000"),), "POST", (413, "body-too-large")),
        ("/openai/v1/models", (), "GET", (400, "body-not-expected")),
    ],
)
def test_requests_that_are_refused_by_their_headers(play: Any, path: str, more: Any, method: str, refusal: Any) -> None:
    assert rule(play(body=1000).request(path, *more, method=method)) == refusal


def test_a_body_that_is_longer_than_it_said_is_refused(play: Any) -> None:
    envoy = play(DUPLEX, body=100)
    envoy.request("/openai/v1/chat/completions", ("content-length", "many"))
    assert envoy.asked(b"x" * 60, end=False) == []
    assert rule(envoy.asked(b"x" * 60, end=False)) == (413, "body-too-large")


def test_a_call_without_a_body_is_decided_by_its_headers(play: Any) -> None:
    envoy = play()
    (reply,) = envoy.request("/openai/v1/models", method="GET", end=True)
    assert (reply.kind, reply.reroute, reply.put["x-bartizan-upstream"]) == (1, True, "one")
    assert rule(play().request(end=True)) == (400, "body-not-understood")


def test_paths_of_envoy_are_mapped_and_a_renamed_model_goes_on_in_them(play: Any) -> None:
    envoy = play(door=ExtProc(paths={"/llm/": "azure", "/v1": "openai"}))
    path = "/llm/openai/deployments/named/chat/completions?api-version=2024-10-21"
    envoy.request(path)
    (reply,) = envoy.asked(b'{"messages": []}')
    assert reply.put[":path"] == path.replace("named", "dated")
    assert "authorization" not in reply.put  # the upstream has no secret here: Envoy adds it
    assert play(door=ExtProc(paths={"/v1": "openai"})).request("/v1/chat/completions")[0].kind == 1


# ---- the answer


def test_a_whole_answer_holds_its_headers_until_it_is_decided(play: Any) -> None:
    envoy = play()
    sent(envoy, f"write to {MAIL}")
    asked = json.loads(envoy.processing.prepared.body)["messages"][0]["content"]
    assert envoy.answer(("content-type", "application/json"), ("set-cookie", "x")) == []
    whole = answer(asked)
    assert envoy.said(whole[:20], end=False) == []
    head, piece = envoy.said(whole[20:])
    assert (head.kind, head.remove) == (2, ["set-cookie", "content-length"])
    assert MAIL.encode() in piece.body
    assert piece.end
    assert envoy.world.notes == ["begin chat 3", "answered 200", "booked"]
    assert envoy.processing.finished


def test_a_whole_answer_that_may_not_pass_is_refused(play: Any) -> None:
    envoy = play()
    sent(envoy)
    envoy.answer()
    assert rule(envoy.said(answer(IBAN))) == (403, "no-bank")


@pytest.mark.parametrize("mode", [BUFFERED, STREAMED])
def test_without_full_duplex_a_whole_answer_is_asked_for_in_one_piece(play: Any, mode: int) -> None:
    envoy = play(BUFFERED, mode)
    sent(envoy)
    (head,) = envoy.answer()
    assert head.modes == (None if mode == BUFFERED else (BUFFERED, BUFFERED))
    (reply,) = envoy.said(answer("hi"))
    assert (reply.kind, reply.body) == (4, answer("hi"))
    assert reply.put == {"content-length": str(len(answer("hi")))}


def test_a_whole_answer_in_pieces_goes_on_with_the_last(play: Any) -> None:
    envoy = play(BUFFERED, STREAMED)
    sent(envoy)
    envoy.answer()
    whole = answer("hi")
    assert [reply.body for reply in envoy.said(whole[:9], end=False)] == [b""]
    assert [reply.body for reply in envoy.said(whole[9:])] == [whole]


def test_a_streamed_answer_goes_on_piece_by_piece_with_values_put_back(play: Any) -> None:
    envoy = play()
    sent(envoy, f"write to {MAIL}", stream=True)
    hidden = json.loads(envoy.processing.prepared.body)["messages"][0]["content"]
    (head,) = envoy.answer(SSE)
    assert (head.kind, head.modes) == (2, None)
    out = b""
    for at in range(0, len(hidden), 7):
        out += b"".join(reply.body for reply in envoy.said(event(hidden[at : at + 7]), end=False))
    last = envoy.said(b"data: [DONE]\n\n")
    assert last[-1].end
    out += b"".join(reply.body for reply in last)
    texts = [json.loads(line[6:]) for line in out.split(b"\n\n") if line.startswith(b"data: {")]
    assert "".join(one["choices"][0]["delta"]["content"] for one in texts) == f"write to {MAIL}"
    assert envoy.world.notes == ["begin chat 3", "answered 200", "begun", "booked"]


def test_a_block_ends_a_full_duplex_stream_before_the_provider_does(play: Any) -> None:
    envoy = play()
    sent(envoy, stream=True)
    envoy.answer(SSE)
    envoy.said(event("fine. "), end=False)
    replies = envoy.said(event(f"it is {IBAN} and more of it, and more"), end=False)
    assert replies[-1].end
    out = b"".join(reply.body for reply in replies)
    assert b"no-bank" in out
    assert b"0076" not in out
    assert envoy.processing.over
    assert envoy.world.notes[-2:] == ["refused no-bank", "booked"]


def test_a_block_in_streamed_mode_swallows_what_still_comes(play: Any) -> None:
    envoy = play(BUFFERED, STREAMED)
    sent(envoy, stream=True)
    envoy.answer(SSE)
    (reply,) = envoy.said(event(f"it is {IBAN} and more of it, and more"), end=False)
    assert b"no-bank" in reply.body
    assert [reply.body for reply in envoy.said(event("more"))] == [b""]
    assert envoy.world.notes.count("booked") == 1


def test_a_buffered_stream_is_asked_for_in_pieces(play: Any) -> None:
    envoy = play(BUFFERED, BUFFERED)
    sent(envoy, stream=True)
    (head,) = envoy.answer(SSE)
    assert head.modes == (BUFFERED, STREAMED)
    whole = event("hi") + b"data: [DONE]\n\n"
    assert envoy.said(whole)[0].body is None  # as it came


def test_who_is_stopped_gets_no_more_of_an_answer(play: Any) -> None:
    envoy = play()
    sent(envoy, stream=True)
    envoy.answer(SSE)
    envoy.world.stop = Refused(403, "blocked", "somebody stopped this")
    replies = envoy.said(event("hello"), end=False)
    assert b"blocked" in replies[-1].body
    assert replies[-1].end


def test_answers_are_bounded(play: Any) -> None:
    envoy = play(answer=50)
    sent(envoy, stream=True)
    envoy.answer(SSE)
    assert b"answer-too-large" in envoy.said(event("x" * 50), end=False)[-1].body
    envoy = play(answer=50)
    sent(envoy)
    envoy.answer()
    assert rule(envoy.said(b"x" * 51, end=False)) == (502, "answer-too-large")


def test_an_array_of_gemini_is_a_stream(play: Any) -> None:
    envoy = play()
    envoy.request(GEMINI)
    envoy.asked(b'{"contents": [{"parts": [{"text": "hi"}]}]}')
    (head,) = envoy.answer()
    assert head.kind == 2
    whole = b'[{"candidates": [{"content": {"parts": [{"text": "a"}]}}]}]'
    assert b"".join(reply.body for reply in envoy.said(whole)) == whole


def test_trailers_end_answers(play: Any) -> None:
    trailers = headers(Part.RESPONSE_TRAILERS, [("x-note", MAIL)])
    envoy = play()
    sent(envoy, stream=True)
    envoy.answer(SSE)
    envoy.said(event("wait"), end=False)
    *_, last = envoy.say(trailers)
    assert (last.kind, last.remove) == (6, ["x-note"])
    assert envoy.processing.finished
    envoy = play()
    sent(envoy)
    envoy.answer()
    envoy.said(answer("hi"), end=False)
    head, piece, last = envoy.say(trailers)
    assert (head.kind, piece.body, piece.end, last.kind) == (2, answer("hi"), False, 6)


def test_trailers_behind_what_is_still_held_are_refused_outside_of_full_duplex(play: Any) -> None:
    trailers = headers(Part.RESPONSE_TRAILERS, [("x-note", MAIL)])
    envoy = play(BUFFERED, STREAMED)
    sent(envoy, stream=True)
    envoy.answer(SSE)
    envoy.said(event("write to anna@exam"), end=False)
    assert rule(envoy.say(trailers)) == (502, "stream-not-followed")
    envoy = play(BUFFERED, STREAMED)
    sent(envoy)
    envoy.answer()
    envoy.said(answer("hi"), end=False)
    assert rule(envoy.say(trailers)) == (502, "answer-not-understood")
    envoy = play(BUFFERED, BUFFERED)
    sent(envoy)
    envoy.answer()
    envoy.said(answer("hi"), end=False)
    assert [reply.kind for reply in envoy.say(trailers)] == [6]


@pytest.mark.parametrize(
    ("status", "more", "end", "refusal"),
    [
        ("503", (("content-type", "text/plain"),), False, (503, "upstream-error")),
        ("529", (("content-type", "text/plain"),), False, (502, "upstream-error")),
        ("499", (("content-type", "text/plain"),), False, (400, "upstream-error")),
        ("302", (("location", "x"),), True, (502, "upstream-error")),
        ("401", (("content-type", "application/json"),), False, (401, "upstream-credential")),
        ("200", (("content-type", "text/html"),), False, (502, "answer-not-understood")),
        ("200", (SSE,), True, (502, "answer-not-understood")),
        ("200", (SSE, ("content-encoding", "gzip")), False, (502, "answer-not-understood")),
        ("odd", (("content-type", "text/html"),), False, (502, "upstream-error")),
    ],
)
def test_answers_that_are_refused_by_their_headers(play: Any, status: str, more: Any, end: bool, refusal: Any) -> None:
    envoy = play()
    sent(envoy)
    assert rule(envoy.answer(*more, status=status, end=end)) == refusal


def test_a_providers_own_error_is_inspected_and_keeps_its_status(play: Any) -> None:
    envoy = play()
    sent(envoy)
    assert envoy.answer(status="429") == []
    head, piece = envoy.said(b'{"error": {"message": "slow down"}}')
    assert (head.put, piece.body) == ({}, b'{"error": {"message": "slow down"}}')
    envoy = play()
    sent(envoy)
    envoy.answer(status="400")
    assert rule(envoy.said(b'{"error": "' + IBAN.encode() + b'"}')) == (403, "no-bank")


def test_an_answer_of_envoys_own_before_the_decision_is_in_the_callers_protocol(play: Any) -> None:
    envoy = play()
    envoy.request()
    assert rule(envoy.answer(("content-type", "text/plain"), status="413")) == (413, "not-decided")


@pytest.mark.parametrize("again", ["headers", "body", "answer", "trailers"])
def test_what_comes_out_of_order_is_refused(play: Any, again: str) -> None:
    envoy = play()
    if again == "trailers":
        assert rule(envoy.say(headers(Part.RESPONSE_TRAILERS, []))) == (500, "envoy-out-of-order")
        return
    sent(envoy)
    envoy.answer()
    said = {"headers": envoy.request, "body": lambda: envoy.asked(b"x"), "answer": envoy.answer}
    assert rule(said[again]()) == (500, "envoy-out-of-order")


def test_who_takes_too_long_is_told_so(play: Any) -> None:
    def late(envoy: Envoy) -> list[Any]:
        return [told(reply) for reply in driven(envoy.processing.late())]

    envoy = play()
    envoy.request()
    assert rule(late(envoy)) == (408, "body-too-slow")
    envoy = play()
    sent(envoy)
    assert rule(late(envoy)) == (504, "upstream-failed")
    envoy = play()
    sent(envoy, stream=True)
    envoy.answer(SSE)
    replies = late(envoy)
    assert replies[-1].end
    assert b"upstream-cut" in replies[-1].body
    assert envoy.processing.finished


def test_a_refusal_that_may_be_tried_again_says_when(play: Any) -> None:
    envoy = play()
    envoy.world.nobody = Refused(429, "budget", "used up", again=7)
    assert envoy.request()[0].put["retry-after"] == "7"


@pytest.mark.parametrize("mode", [BUFFERED, DUPLEX])
def test_the_gateways_own_credential_never_comes_back(play: Any, mode: int) -> None:
    envoy = play(BUFFERED, mode)
    sent(envoy)
    envoy.answer()
    assert b"the-gateways-own-key" not in b"".join(
        one.body or b"" for one in envoy.said(answer("the-gateways-own-key"))
    )
    envoy = play(BUFFERED, DUPLEX)
    sent(envoy, stream=True)
    envoy.answer(SSE)
    said = envoy.said(event("the-gateways-own-key ") + event("and more "), end=True)
    told = b"".join(one.body or b"" for one in said)
    assert b"[hidden]" in told
    assert b"the-gateways-own-key" not in told
