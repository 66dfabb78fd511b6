"""Where a value may stand in answers, whole and streamed, of every format. Data, written as Python.

The marks are those of `requests`. In the events of a stream, one that holds `@*` stands for as many events as the text
has pieces, and `@*json` for the pieces of `{"to": "@"}`.
"""

from __future__ import annotations

from typing import Any

__all__ = ["STREAMS", "WHOLES"]

_JSON = {"$json": {"to": "@", "n": 1}}
_CHAT = "/openai/v1/chat/completions"
_RESPONSES = "/openai/v1/responses"
_MESSAGES = "/anthropic/v1/messages"
_GENERATE = "/gemini/v1beta/models/m:generateContent"
_STREAMED = "/gemini/v1beta/models/m:streamGenerateContent"


def _completion(message: dict[str, Any], **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": None, **message}, "finish_reason": "stop", **more}
    return {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}


def _probabilities(name: str = "content") -> dict[str, Any]:
    one = {"token": "@", "logprob": -1, "bytes": None, "top_logprobs": [{"token": "@", "logprob": -1, "bytes": None}]}
    return {name: [one]}


def _output(*items: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": "r",
        "object": "response",
        "created_at": 1,
        "status": "completed",
        "model": "m",
        "output": list(items),
        **more,
    }


def _said(*content: Any) -> dict[str, Any]:
    return {"id": "i", "type": "message", "role": "assistant", "status": "completed", "content": list(content)}


def _message(*content: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": "m", "type": "message", "role": "assistant", "model": "m", "content": list(content),
        "stop_reason": "end_turn", "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}, **more,
    }  # fmt: skip


def _candidate(*parts: Any, **more: Any) -> dict[str, Any]:
    return {"candidates": [{"content": {"role": "model", "parts": list(parts)}, "index": 0, **more}]}


WHOLES: dict[str, dict[str, Any]] = {
    _CHAT: {
        "content": _completion({"content": "@"}),
        "content parts": _completion({"content": [{"type": "text", "text": "@"}]}),
        "halves in content parts": _completion({"content": [{"type": "text", "text": "a @1"}, {"type": "text", "text": "@2 b"}]}),
        "refusal": _completion({"refusal": "@"}),
        "reasoning": _completion({"reasoning_content": "@"}),
        "reasoning, other name": _completion({"reasoning": "@"}),
        "arguments": _completion({"tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": _JSON}}]}),
        "names in arguments": _completion({"tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": {"$json": {"@": 1}}}}]}),
        "tool name": _completion({"tool_calls": [{"id": "c", "type": "function", "function": {"name": "@", "arguments": "{}"}}]}),
        "custom tool": _completion({"tool_calls": [{"id": "c", "type": "custom", "custom": {"name": "f", "input": "@"}}]}),
        "function call": _completion({"function_call": {"name": "f", "arguments": _JSON}}),
        "annotation": _completion({"annotations": [{"type": "url_citation", "url_citation": {"title": "@", "url": "https://x.ch/@"}}]}),
        "transcript": _completion({"audio": {"id": "a", "transcript": "@", "data": "YQ==", "expires_at": 1}}),
        "log probabilities": _completion({"content": "x"}, logprobs=_probabilities()),
        "second choice": {**_completion({}), "choices": [_completion({"content": text})["choices"][0] for text in ("x", "@")]},
        "content filter": _completion({"content": "x"}, content_filter_results={"custom": {"details": "@"}}),
        "context of a search": _completion({"content": "x", "context": {"citations": [{"content": "@"}]}}),
        "unknown": _completion({"new_field": {"deep": ["@"]}}),
        "unknown name": _completion({"@": 1}),
        "number": _completion({"new_field": {"$number": 1}}),
        "beside the choices": {**_completion({}), "note": "@"},
    },
    _RESPONSES: {
        "text": _output(_said({"type": "output_text", "text": "@", "annotations": []})),
        "annotation": _output(_said({"type": "output_text", "text": "x", "annotations": [{"type": "file_citation", "filename": "@", "index": 0, "file_id": "f"}]})),
        "log probabilities": _output(_said({"type": "output_text", "text": "x", "annotations": [], "logprobs": _probabilities()["content"]})),
        "refusal": _output(_said({"type": "refusal", "refusal": "@"})),
        "arguments": _output({"id": "f", "type": "function_call", "call_id": "c", "name": "f", "arguments": _JSON}),
        "custom": _output({"id": "f", "type": "custom_tool_call", "call_id": "c", "name": "f", "input": "@"}),
        "reasoning": _output({"id": "r", "type": "reasoning", "summary": [{"type": "summary_text", "text": "@"}], "content": [{"type": "reasoning_text", "text": "@"}]}),
        "MCP call": _output({"id": "m", "type": "mcp_call", "name": "f", "server_label": "s", "arguments": _JSON, "output": "@"}),
        "file search": _output({"id": "f", "type": "file_search_call", "status": "completed", "queries": ["@"], "results": [{"text": "@"}]}),
        "code": _output({"id": "c", "type": "code_interpreter_call", "code": "@", "container_id": "x", "outputs": [{"type": "logs", "logs": "@"}]}),
        "shell": _output({"id": "c", "type": "local_shell_call", "call_id": "c", "action": {"type": "exec", "command": ["@"], "env": {}}}),
        "unknown item": _output({"type": "new_item", "words": {"@": ["@"]}}),
        "instructions": _output(instructions="@"),
        "metadata": _output(metadata={"a": "@"}),
        "tools": _output(tools=[{"type": "function", "name": "f", "description": "@"}]),
        "error": _output(error={"code": "x", "message": "@"}),
    },
    "/openai/v1/embeddings": {
        "unknown": {"object": "list", "model": "m", "data": [{"object": "embedding", "index": 0, "embedding": [0.1], "note": "@"}]},
    },
    _MESSAGES: {
        "text": _message({"type": "text", "text": "@"}),
        "citation": _message({"type": "text", "text": "x", "citations": [{"type": "page_location", "cited_text": "@", "document_title": "@"}]}),
        "tool input": _message({"type": "tool_use", "id": "t", "name": "f", "input": {"a": {"@": ["@"]}}}),
        "tool input number": _message({"type": "tool_use", "id": "t", "name": "f", "input": {"n": {"$number": 1}}}),
        "server tool": _message({"type": "server_tool_use", "id": "t", "name": "web_search", "input": {"query": "@"}}),
        "search result": _message({"type": "web_search_tool_result", "tool_use_id": "t", "content": [{"type": "web_search_result", "title": "@", "url": "https://x.ch/@"}]}),
        "code result": _message({"type": "code_execution_tool_result", "tool_use_id": "t", "content": {"type": "code_execution_result", "stdout": "@", "stderr": "@"}}),
        "thinking": _message({"type": "thinking", "thinking": "@", "signature": "c2ln"}),
        "stop sequence": _message({"type": "text", "text": "x"}, stop_sequence="@"),
        "unknown block": _message({"type": "new_block", "words": ["@"]}),
        "unknown": _message(note={"@": "@"}),
    },
    _GENERATE: {
        "text": _candidate({"text": "@"}),
        "halves in parts": _candidate({"text": "a @1"}, {"text": "@2 b"}),
        "thought": _candidate({"text": "@", "thought": True}),
        "function call": _candidate({"functionCall": {"name": "f", "args": {"@": {"a": "@"}}}}),
        "function call number": _candidate({"functionCall": {"name": "f", "args": {"a": {"$number": 1}}}}),
        "code": _candidate({"executableCode": {"language": "PYTHON", "code": "@"}}),
        "code result": _candidate({"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "@"}}),
        "citation": _candidate({"text": "x"}, citationMetadata={"citationSources": [{"uri": "https://x.ch/@", "title": "@"}]}),
        "grounding": _candidate({"text": "x"}, groundingMetadata={"webSearchQueries": ["@"], "groundingChunks": [{"web": {"uri": "https://x.ch", "title": "@"}}], "groundingSupports": [{"segment": {"text": "@"}}], "searchEntryPoint": {"renderedContent": "@"}}),
        "log probabilities": _candidate({"text": "x"}, logprobsResult={"chosenCandidates": [{"token": "@"}]}),
        "finish message": _candidate({"text": "x"}, finishMessage="@"),
        "block reason": {"candidates": [], "promptFeedback": {"blockReasonMessage": "@"}},
        "unknown part": _candidate({"newPart": {"words": "@"}}),
        "unknown": _candidate({"text": "x"}, note={"@": "@"}),
    },
    _STREAMED: {"array": [_candidate({"text": "@"}), _candidate({"text": "x"})]},
}  # fmt: skip
"""By path of the gateway, then by place."""


def _delta(delta: dict[str, Any], index: int = 0, **more: Any) -> dict[str, Any]:
    choice = {"index": index, "delta": delta, "finish_reason": None, **more}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


_STOP = {**_delta({}), "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}


def _call(function: dict[str, Any], **more: Any) -> dict[str, Any]:
    return _delta({"tool_calls": [{"index": 0, **more, "function": function}]})


def _chat(*events: Any) -> list[Any]:
    return [_delta({"role": "assistant", "content": ""}), *events, _STOP, "[DONE]"]


def _event(type: str, **more: Any) -> dict[str, Any]:
    return {"type": f"response.{type}", "sequence_number": 0, **more}


def _responses(*events: Any, items: tuple[Any, ...] = ()) -> list[Any]:
    begun = _output(status="in_progress")
    return [_event("created", response=begun), *events, _event("completed", response=_output(*items))]


_AT = {"item_id": "i", "output_index": 0}
_IN = {**_AT, "content_index": 0}
_TEXT = {"type": "output_text", "text": "@", "annotations": []}


def _started(block: dict[str, Any], *deltas: dict[str, Any]) -> list[Any]:
    return [
        {"type": "message_start", "message": _message()},
        {"type": "content_block_start", "index": 0, "content_block": block},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": {"output_tokens": 1}},
        {"type": "message_stop"},
    ]  # fmt: skip


STREAMS: dict[str, dict[str, list[Any]]] = {
    _CHAT: {
        "content": _chat(_delta({"content": "@*"})),
        "content, whole": _chat(_delta({"content": "@"})),
        "refusal": _chat(_delta({"refusal": "@*"})),
        "reasoning": _chat(_delta({"reasoning_content": "@*"})),
        "reasoning, other name": _chat(_delta({"reasoning": "@*"})),
        "arguments": _chat(_call({"name": "f", "arguments": ""}, id="c", type="function"), _call({"arguments": "@*json"})),
        "arguments, plain": _chat(_call({"name": "f", "arguments": ""}, id="c", type="function"), _call({"arguments": "@*"})),
        "tool name": _chat(_call({"name": "@", "arguments": "{}"}, id="c", type="function")),
        "tool name in pieces": _chat(_call({"name": "@*", "arguments": ""}, id="c", type="function")),
        "old function call": _chat(_delta({"function_call": {"arguments": "@*json"}})),
        "transcript": _chat(_delta({"audio": {"transcript": "@*"}})),
        "log probabilities": _chat(_delta({"content": "@*"}, logprobs={"content": [{"token": "@*", "logprob": -1, "bytes": None, "top_logprobs": []}]})),
        "choices that take turns": _chat({**_delta({}), "choices": [_delta({"content": "@*"}, index)["choices"][0] for index in (0, 1)]}),
        "turns of content and reasoning": _chat(_delta({"content": "@*", "reasoning_content": "@*"})),
        "unknown delta": _chat(_delta({"new_field": "@*"})),
        "unknown": _chat({**_delta({}), "note": {"deep": "@"}}),
        "unknown name": _chat({**_delta({}), "note": {"@": 1}}),
        "number": _chat({**_delta({}), "note": {"$number": 1}}),
        "parts": _chat(_delta({"content": [{"type": "text", "text": "@*"}]})),
        "annotation": _chat(_delta({"annotations": [{"type": "url_citation", "url_citation": {"title": "@", "url": "https://x.ch/@"}}]})),
        "error": [{"error": {"message": "@", "type": "server_error", "code": None}}],
        "after the end": [*_chat(), _delta({"content": "@"})],
        "no end": [_delta({"content": "@*"})],
    },
    _RESPONSES: {
        "text": _responses(_event("output_text.delta", **_IN, delta="@*", logprobs=[])),
        "text everywhere": _responses(
            _event("output_item.added", output_index=0, item=_said()),
            _event("content_part.added", **_IN, part={"type": "output_text", "text": "", "annotations": []}),
            _event("output_text.delta", **_IN, delta="@*", logprobs=[]),
            _event("output_text.done", **_IN, text="@", logprobs=[]),
            _event("content_part.done", **_IN, part=_TEXT),
            _event("output_item.done", output_index=0, item=_said(_TEXT)),
            items=(_said(_TEXT),),
        ),
        "only done": _responses(_event("output_text.delta", **_IN, delta="fine"), _event("output_text.done", **_IN, text="@")),
        "only part done": _responses(_event("content_part.done", **_IN, part=_TEXT)),
        "only item done": _responses(_event("output_item.done", output_index=0, item=_said(_TEXT))),
        "only completed": _responses(items=(_said(_TEXT),)),
        "log probabilities": _responses(_event("output_text.delta", **_IN, delta="@*", logprobs=[{"token": "@*", "logprob": -1, "bytes": None}])),
        "refusal": _responses(_event("refusal.delta", **_IN, delta="@*"), _event("refusal.done", **_IN, refusal="@")),
        "arguments": _responses(_event("function_call_arguments.delta", **_AT, delta="@*json"), _event("function_call_arguments.done", **_AT, arguments={"$json": {"to": "@"}}), items=({"id": "i", "type": "function_call", "call_id": "c", "name": "f", "arguments": {"$json": {"to": "@"}}},)),
        "arguments that differ": _responses(_event("function_call_arguments.delta", **_AT, delta="{}"), _event("function_call_arguments.done", **_AT, arguments=_JSON)),
        "custom input": _responses(_event("custom_tool_call_input.delta", **_AT, delta="@*"), _event("custom_tool_call_input.done", **_AT, input="@")),
        "MCP arguments": _responses(_event("mcp_call_arguments.delta", **_AT, delta="@*json"), _event("mcp_call_arguments.done", **_AT, arguments=_JSON)),
        "code": _responses(_event("code_interpreter_call_code.delta", **_AT, delta="@*"), _event("code_interpreter_call_code.done", **_AT, code="@")),
        "reasoning": _responses(_event("reasoning_text.delta", **_IN, delta="@*"), _event("reasoning_text.done", **_IN, text="@")),
        "summary": _responses(_event("reasoning_summary_text.delta", **_AT, summary_index=0, delta="@*"), _event("reasoning_summary_text.done", **_AT, summary_index=0, text="@"), _event("reasoning_summary_part.done", **_AT, summary_index=0, part={"type": "summary_text", "text": "@"})),
        "annotation": _responses(_event("output_text.annotation.added", **_IN, annotation_index=0, annotation={"type": "url_citation", "title": "@", "url": "https://x.ch/@"})),
        "transcript": _responses(_event("audio.transcript.delta", delta="@*")),
        "failed": [_event("failed", response=_output(error={"code": "x", "message": "@"}))],
        "error": [{"type": "error", "code": "x", "message": "@", "param": None, "sequence_number": 0}],
        "unknown event": _responses(_event("new_thing.delta", **_AT, delta="@*")),
        "unknown event, deep": _responses(_event("new_thing", thing={"@": ["@"]})),
        "no end": [_event("output_text.delta", **_IN, delta="@*")],
    },
    _MESSAGES: {
        "text": _started({"type": "text", "text": ""}, {"type": "text_delta", "text": "@*"}),
        "first text": _started({"type": "text", "text": "@"}),
        "first half in the block": _started({"type": "text", "text": "a @1"}, {"type": "text_delta", "text": "@2 b"}),
        "arguments": _started({"type": "tool_use", "id": "t", "name": "f", "input": {}}, {"type": "input_json_delta", "partial_json": "@*json"}),
        "arguments in the block": _started({"type": "tool_use", "id": "t", "name": "f", "input": {"a": {"@": "@"}}}),
        "thinking": _started({"type": "thinking", "thinking": "", "signature": ""}, {"type": "thinking_delta", "thinking": "@*"}, {"type": "signature_delta", "signature": "c2ln"}),
        "citation": _started({"type": "text", "text": ""}, {"type": "citations_delta", "citation": {"type": "char_location", "cited_text": "@", "document_title": "@"}}),
        "search result": _started({"type": "web_search_tool_result", "tool_use_id": "t", "content": [{"type": "web_search_result", "title": "@", "url": "https://x.ch/@"}]}),
        "code result": _started({"type": "code_execution_tool_result", "tool_use_id": "t", "content": {"type": "code_execution_result", "stdout": "@"}}),
        "unknown delta": _started({"type": "text", "text": ""}, {"type": "new_delta", "words": "@*"}),
        "unknown block": _started({"type": "new_block", "words": {"@": "@"}}),
        "unknown event": [{"type": "new_event", "words": ["@"]}],
        "message": [{"type": "message_start", "message": _message({"type": "text", "text": "@"})}],
        "stop sequence": [{"type": "message_delta", "delta": {"stop_reason": "stop_sequence", "stop_sequence": "@"}, "usage": {"output_tokens": 1}}],
        "error": [{"type": "error", "error": {"type": "overloaded_error", "message": "@"}}],
        "no end": _started({"type": "text", "text": ""}, {"type": "text_delta", "text": "@*"})[:3],
    },
    _STREAMED: {
        "text": [_candidate({"text": "@*"}), _candidate({"text": ""}, finishReason="STOP")],
        "text, whole": [_candidate({"text": "@"})],
        "thought": [_candidate({"text": "@*", "thought": True}), _candidate({"text": ""}, finishReason="STOP")],
        "function call": [_candidate({"functionCall": {"name": "f", "args": {"a": {"@": "@"}}}})],
        "number": [_candidate({"functionCall": {"name": "f", "args": {"a": {"$number": 1}}}})],
        "code": [_candidate({"executableCode": {"language": "PYTHON", "code": "@"}})],
        "code result": [_candidate({"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "@"}})],
        "grounding": [_candidate({"text": "x"}, groundingMetadata={"webSearchQueries": ["@"], "groundingSupports": [{"segment": {"text": "@"}}]})],
        "finish message": [_candidate({"text": "x"}, finishMessage="@")],
        "two candidates": [{"candidates": [{"index": index, "content": {"parts": [{"text": "@*"}]}} for index in (0, 1)]}],
        "unknown": [_candidate({"newPart": {"@": "@"}})],
        "error": [{"error": {"code": 500, "message": "@", "status": "INTERNAL"}}],
    },
}  # fmt: skip
"""By path of the gateway, then by place: the events of a stream, in order."""
