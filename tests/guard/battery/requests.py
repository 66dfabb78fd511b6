"""Where a value may stand in requests: one body for each place, of every format. Data, written as Python.

`@` stands for the text, also as a name; `@1` and `@2` for its halves; `{"$json": ...}` for JSON in a string;
`{"$number": 1}` for the value as a number.
"""

from __future__ import annotations

from typing import Any

__all__ = ["REQUESTS"]

_JSON = {"$json": {"to": "@", "n": 1}}
_JSON_KEY = {"$json": {"@": 1}}
_SCHEMA_PLACES: dict[str, Any] = {
    "title": {"type": "object", "title": "@"},
    "description": {"type": "object", "properties": {"a": {"type": "string", "description": "@"}}},
    "enum": {"type": "object", "properties": {"a": {"enum": ["x", "@"]}}},
    "default": {"type": "object", "properties": {"a": {"default": "@"}}},
    "examples": {"type": "object", "properties": {"a": {"examples": [["@"]]}}},
    "const": {"type": "object", "properties": {"a": {"const": "@"}}},
    "property name": {"type": "object", "properties": {"@": {"type": "string"}}},
    "required": {"type": "object", "required": ["@"]},
    "defs": {"type": "object", "$defs": {"x": {"const": {"deep": ["@"]}}}},
    "pattern": {"type": "string", "pattern": "@"},
}


def _chat(message: Any = None, **more: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [message or {"role": "user", "content": "hello"}], **more}


def _chat_parts(*parts: Any, role: str = "user") -> dict[str, Any]:
    return _chat({"role": role, "content": list(parts)})


def _function(**more: Any) -> dict[str, Any]:
    return _chat(tools=[{"type": "function", "function": {"name": "f", **more}}])


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _called(**function: Any) -> dict[str, Any]:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}", **function}}
    return _chat({"role": "assistant", "content": None, "tool_calls": [call]})


_CHAT: dict[str, Any] = {
    **{f"{role} text": _chat({"role": role, "content": "@"}) for role in ("system", "developer", "user", "assistant")},
    "tool text": _chat({"role": "tool", "tool_call_id": "c", "content": "@"}),
    "tool JSON": _chat({"role": "tool", "tool_call_id": "c", "content": _JSON}),
    "tool parts": _chat({"role": "tool", "tool_call_id": "c", "content": [_text("@")]}),
    "function text": _chat({"role": "function", "name": "f", "content": "@"}),
    "part": _chat_parts(_text("@")),
    "second part": _chat_parts(_text("hello"), _text("@")),
    "halves in parts": _chat_parts(_text("a @1"), _text("@2 b")),
    "halves around an image": _chat_parts(
        _text("a @1"), {"type": "image_url", "image_url": {"url": "https://x.ch/a.png"}}, _text("@2 b")
    ),
    "system parts": _chat_parts(_text("@"), role="system"),
    "part of an unknown type": _chat_parts({"type": "new_part", "new_part": {"words": "@"}}),
    "unknown name in a part": _chat_parts({"type": "text", "text": "x", "note": "@"}),
    "image address": _chat_parts({"type": "image_url", "image_url": {"url": "https://x.ch/a.png?who=@"}}),
    "image detail": _chat_parts({"type": "image_url", "image_url": {"url": "https://x.ch/a.png", "detail": "@"}}),
    "file name": _chat_parts({"type": "file", "file": {"filename": "@", "file_data": "data:text/plain;base64,YQ=="}}),
    "audio transcript": _chat({"role": "assistant", "audio": {"id": "a", "transcript": "@"}}),
    "refusal": _chat({"role": "assistant", "refusal": "@"}),
    "refusal part": _chat_parts({"type": "refusal", "refusal": "@"}, role="assistant"),
    "reasoning": _chat({"role": "assistant", "content": "x", "reasoning_content": "@"}),
    "name": _chat({"role": "user", "name": "@", "content": "x"}),
    "role": _chat({"role": "@", "content": "x"}),
    "tool call arguments": _called(arguments=_JSON),
    "tool call names": _called(arguments=_JSON_KEY),
    "tool call text": _called(arguments="@"),
    "tool call broken JSON": _called(arguments='{"to": "@'),
    "tool call name": _called(name="@"),
    "tool call id": _chat({"role": "assistant", "tool_calls": [{"id": "@", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}),
    "custom tool input": _chat({"role": "assistant", "tool_calls": [{"id": "c", "type": "custom", "custom": {"name": "f", "input": "@"}}]}),
    "function call": _chat({"role": "assistant", "function_call": {"name": "f", "arguments": _JSON}}),
    "unknown name in a message": _chat({"role": "user", "content": "x", "extra": {"deep": [{"er": "@"}]}}),
    "key in a message": _chat({"role": "user", "content": "x", "@": 1}),
    "content object": _chat({"role": "user", "content": {"odd": "@"}}),
    "content list of texts": _chat({"role": "user", "content": ["@"]}),
    "tool description": _function(description="@"),
    "tool name": _chat(tools=[{"type": "function", "function": {"name": "@"}}]),
    **{f"schema {name}": _function(parameters=schema) for name, schema in _SCHEMA_PLACES.items()},
    "custom tool": _chat(tools=[{"type": "custom", "custom": {"name": "f", "description": "@"}}]),
    "custom tool grammar": _chat(tools=[{"type": "custom", "custom": {"name": "f", "format": {"type": "grammar", "grammar": {"syntax": "lark", "definition": "@"}}}}]),
    "old functions": _chat(functions=[{"name": "f", "description": "@", "parameters": {"enum": ["@"]}}]),
    "tool choice": _chat(tool_choice={"type": "function", "function": {"name": "@"}}),
    "response schema": _chat(response_format={"type": "json_schema", "json_schema": {"name": "n", "description": "@", "schema": {"enum": ["@"]}}}),
    "prediction": _chat(prediction={"type": "content", "content": "@"}),
    "prediction parts": _chat(prediction={"type": "content", "content": [_text("@")]}),
    "metadata": _chat(metadata={"who": "@"}),
    "metadata name": _chat(metadata={"@": "x"}),
    "user": _chat(user="@"),
    "safety identifier": _chat(safety_identifier="@"),
    "prompt cache key": _chat(prompt_cache_key="@"),
    "stop": _chat(stop=["@"]),
    "stop text": _chat(stop="@"),
    "web search": _chat(web_search_options={"user_location": {"type": "approximate", "approximate": {"city": "@"}}}),
    "logit bias name": _chat(logit_bias={"@": 1}),
    "unknown": _chat(new_parameter="@"),
    "unknown name": _chat(**{"@": "x"}),
    "unknown, deep": _chat(new_parameter={"a": [{"b": ["@"]}]}),
    "number": _chat(new_parameter={"$number": 1}),
    "number as seed": _chat(seed={"$number": 1}),
    "number in arguments": _called(arguments={"$json": {"n": {"$number": 1}}}),
    "data sources": _chat(data_sources=[{"type": "azure_search", "parameters": {"filter": "@", "role_information": "@"}}]),
    "model": {**_chat(), "model": "@"},
}  # fmt: skip


def _item(**item: Any) -> dict[str, Any]:
    return {"model": "m", "input": [item]}


def _response(**more: Any) -> dict[str, Any]:
    return {"model": "m", "input": "hello", **more}


_RESPONSES: dict[str, Any] = {
    "input": {"model": "m", "input": "@"},
    "instructions": _response(instructions="@"),
    "message": _item(role="user", content="@"),
    "message part": _item(type="message", role="user", content=[{"type": "input_text", "text": "@"}]),
    "halves in parts": _item(
        role="user", content=[{"type": "input_text", "text": "a @1"}, {"type": "input_text", "text": "@2 b"}]
    ),
    "output text": _item(type="message", role="assistant", id="i", content=[{"type": "output_text", "text": "@", "annotations": []}]),
    "annotation": _item(type="message", role="assistant", id="i", content=[{"type": "output_text", "text": "x", "annotations": [{"type": "url_citation", "title": "@", "url": "https://x.ch"}]}]),
    "refusal": _item(type="message", role="assistant", id="i", content=[{"type": "refusal", "refusal": "@"}]),
    "file name": _item(role="user", content=[{"type": "input_file", "filename": "@", "file_data": "data:text/plain;base64,YQ=="}]),
    "image address": _item(role="user", content=[{"type": "input_image", "image_url": "https://x.ch/?q=@"}]),
    "call arguments": _item(type="function_call", call_id="c", name="f", arguments=_JSON),
    "call names": _item(type="function_call", call_id="c", name="f", arguments=_JSON_KEY),
    "call name": _item(type="function_call", call_id="c", name="@", arguments="{}"),
    "call output": _item(type="function_call_output", call_id="c", output="@"),
    "call output JSON": _item(type="function_call_output", call_id="c", output=_JSON),
    "call output parts": _item(type="function_call_output", call_id="c", output=[{"type": "input_text", "text": "@"}]),
    "custom call": _item(type="custom_tool_call", call_id="c", name="f", input="@"),
    "custom output": _item(type="custom_tool_call_output", call_id="c", output="@"),
    "reasoning": _item(type="reasoning", id="r", summary=[{"type": "summary_text", "text": "@"}]),
    "reasoning content": _item(type="reasoning", id="r", summary=[], content=[{"type": "reasoning_text", "text": "@"}]),
    "file search": _item(type="file_search_call", id="f", status="completed", queries=["@"], results=[{"text": "@", "filename": "@", "attributes": {"a": "@"}}]),
    "web search": _item(type="web_search_call", id="w", status="completed", action={"type": "search", "query": "@"}),
    "web page": _item(type="web_search_call", id="w", status="completed", action={"type": "open_page", "url": "https://x.ch/@"}),
    "computer call": _item(type="computer_call", id="c", call_id="c", action={"type": "type", "text": "@"}, pending_safety_checks=[{"id": "s", "code": "x", "message": "@"}], status="completed"),
    "code": _item(type="code_interpreter_call", id="c", code="@", container_id="x", outputs=[{"type": "logs", "logs": "@"}], status="completed"),
    "local shell": _item(type="local_shell_call", id="l", call_id="c", action={"type": "exec", "command": ["echo", "@"], "env": {"A": "@"}}, status="completed"),
    "local shell environment name": _item(type="local_shell_call", id="l", call_id="c", action={"type": "exec", "command": [], "env": {"@": "x"}}, status="completed"),
    "local shell output": _item(type="local_shell_call_output", id="l", output="@"),
    "shell": _item(type="shell_call", call_id="c", action={"commands": ["@"]}),
    "shell output": _item(type="shell_call_output", call_id="c", output=[{"stdout": "@", "stderr": "@", "outcome": {"type": "exit", "exit_code": 0}}]),
    "patch": _item(type="apply_patch_call", call_id="c", status="completed", operation={"type": "create_file", "path": "@", "diff": "+@"}),
    "patch output": _item(type="apply_patch_call_output", call_id="c", status="completed", output="@"),
    "MCP call": _item(type="mcp_call", id="m", name="f", server_label="s", arguments=_JSON, output="@", error="@"),
    "MCP tools": _item(type="mcp_list_tools", id="m", server_label="s", tools=[{"name": "f", "description": "@", "input_schema": {"enum": ["@"]}, "annotations": {"title": "@"}}]),
    "MCP approval": _item(type="mcp_approval_request", id="m", name="f", server_label="s", arguments=_JSON),
    "MCP answer": _item(type="mcp_approval_response", approval_request_id="m", approve=True, reason="@"),
    "program": _item(type="program", id="p", code="@"),
    "program output": _item(type="program_output", call_id="p", output="@"),
    "unknown item": _item(type="new_item", words={"deep": ["@"]}),
    "unknown in an item": _item(role="user", content="x", note="@"),
    "name in an item": _item(role="user", content="x", **{"@": "x"}),
    "tool": _response(tools=[{"type": "function", "name": "f", "description": "@", "parameters": {"enum": ["@"]}}]),
    **{f"schema {name}": _response(tools=[{"type": "function", "name": "f", "parameters": schema}]) for name, schema in _SCHEMA_PLACES.items()},
    "tool of the provider": _response(tools=[{"type": "web_search", "user_location": {"city": "@"}, "filters": {"allowed_domains": ["@"]}}]),
    "MCP server": _response(tools=[{"type": "mcp", "server_label": "s", "server_url": "https://x.ch/@", "headers": {"X": "@"}, "server_description": "@"}]),
    "text format": _response(text={"format": {"type": "json_schema", "name": "n", "description": "@", "schema": {"enum": ["@"]}}}),
    "prompt variables": _response(prompt={"id": "p", "variables": {"who": "@", "part": {"type": "input_text", "text": "@"}}}),
    "metadata": _response(metadata={"@": "@"}),
    "user": _response(user="@"),
    "safety identifier": _response(safety_identifier="@"),
    "unknown": _response(new_parameter={"a": ["@"]}),
    "unknown name": _response(**{"@": 1}),
    "number": _response(new_parameter={"$number": 1}),
}  # fmt: skip


def _block(*blocks: Any, role: str = "user") -> dict[str, Any]:
    return {"model": "m", "max_tokens": 9, "messages": [{"role": role, "content": list(blocks)}]}


def _message(**more: Any) -> dict[str, Any]:
    return {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hello"}], **more}


_MESSAGES: dict[str, Any] = {
    "user text": {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "@"}]},
    "assistant text": {"model": "m", "max_tokens": 9, "messages": [{"role": "assistant", "content": "@"}]},
    "system": _message(system="@"),
    "system blocks": _message(system=[_text("@")]),
    "halves in system blocks": _message(system=[_text("a @1"), _text("@2 b")]),
    "block": _block(_text("@")),
    "halves in blocks": _block(_text("a @1"), _text("@2 b")),
    "citation": _block({"type": "text", "text": "x", "citations": [{"type": "char_location", "cited_text": "@", "document_title": "@"}]}, role="assistant"),
    "document text": _block({"type": "document", "title": "@", "context": "@", "source": {"type": "text", "media_type": "text/plain", "data": "@"}}),
    "document content": _block({"type": "document", "source": {"type": "content", "content": [_text("@")]}}),
    "document content text": _block({"type": "document", "source": {"type": "content", "content": "@"}}),
    "document address": _block({"type": "document", "source": {"type": "url", "url": "https://x.ch/?q=@"}}),
    "image address": _block({"type": "image", "source": {"type": "url", "url": "https://x.ch/?q=@"}}),
    "search result": _block({"type": "search_result", "source": "https://x.ch/@", "title": "@", "content": [_text("@")]}),
    "tool input": _block({"type": "tool_use", "id": "t", "name": "f", "input": {"to": {"deep": ["@"]}}}, role="assistant"),
    "tool input name": _block({"type": "tool_use", "id": "t", "name": "f", "input": {"@": 1}}, role="assistant"),
    "tool input number": _block({"type": "tool_use", "id": "t", "name": "f", "input": {"n": {"$number": 1}}}, role="assistant"),
    "tool name used": _block({"type": "tool_use", "id": "t", "name": "@", "input": {}}, role="assistant"),
    "server tool input": _block({"type": "server_tool_use", "id": "t", "name": "web_search", "input": {"query": "@"}}, role="assistant"),
    "tool result": _block({"type": "tool_result", "tool_use_id": "t", "content": "@"}),
    "tool result JSON": _block({"type": "tool_result", "tool_use_id": "t", "content": _JSON}),
    "tool result blocks": _block({"type": "tool_result", "tool_use_id": "t", "content": [_text("@")]}),
    "tool result document": _block({"type": "tool_result", "tool_use_id": "t", "content": [{"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "@"}}]}),
    "web search result": _block({"type": "web_search_tool_result", "tool_use_id": "t", "content": [{"type": "web_search_result", "title": "@", "url": "https://x.ch/@", "page_age": "@", "encrypted_content": "x"}]}, role="assistant"),
    "web fetch result": _block({"type": "web_fetch_tool_result", "tool_use_id": "t", "content": {"type": "web_fetch_result", "url": "https://x.ch", "content": {"type": "document", "title": "@", "source": {"type": "text", "media_type": "text/plain", "data": "@"}}}}, role="assistant"),
    "code result": _block({"type": "code_execution_tool_result", "tool_use_id": "t", "content": {"type": "code_execution_result", "stdout": "@", "stderr": "@", "return_code": 0, "content": []}}, role="assistant"),
    "bash result": _block({"type": "bash_code_execution_tool_result", "tool_use_id": "t", "content": {"type": "bash_code_execution_result", "stdout": "@", "stderr": "", "return_code": 0, "content": []}}, role="assistant"),
    "unknown block": _block({"type": "new_block", "words": {"deep": ["@"]}}),
    "unknown in a block": _block({"type": "text", "text": "x", "note": "@"}),
    "name in a block": _block({"type": "text", "text": "x", "@": 1}),
    "system in the middle": _block({"type": "mid_conversation_system", "content": [_text("@")]}),
    "tool description": _message(tools=[{"name": "f", "description": "@", "input_schema": {"type": "object"}}]),
    "tool name": _message(tools=[{"name": "@", "input_schema": {"type": "object"}}]),
    "tool examples": _message(tools=[{"name": "f", "input_schema": {"type": "object"}, "input_examples": [{"a": "@"}]}]),
    **{f"schema {name}": _message(tools=[{"name": "f", "input_schema": schema}]) for name, schema in _SCHEMA_PLACES.items()},
    "tool choice": _message(tool_choice={"type": "tool", "name": "@"}),
    "MCP server": _message(mcp_servers=[{"type": "url", "url": "https://x.ch/@", "name": "s", "authorization_token": "@"}]),
    "metadata": _message(metadata={"user_id": "@"}),
    "stop": _message(stop_sequences=["@"]),
    "output format": _message(output_format={"type": "json_schema", "schema": {"enum": ["@"]}}),
    "unknown": _message(new_parameter={"a": ["@"]}),
    "unknown name": _message(**{"@": 1}),
    "number": _message(new_parameter={"$number": 1}),
}  # fmt: skip


def _part(*parts: Any, role: str = "user") -> dict[str, Any]:
    return {"contents": [{"role": role, "parts": list(parts)}]}


def _generate(**more: Any) -> dict[str, Any]:
    return {"contents": [{"role": "user", "parts": [{"text": "hello"}]}], **more}


def _declared(**more: Any) -> dict[str, Any]:
    return _generate(tools=[{"functionDeclarations": [{"name": "f", **more}]}])


_GENERATE: dict[str, Any] = {
    "text": _part({"text": "@"}),
    "model text": _part({"text": "@"}, role="model"),
    "halves in parts": _part({"text": "a @1"}, {"text": "@2 b"}),
    "thought": _part({"text": "@", "thought": True}, role="model"),
    "system": _generate(systemInstruction={"parts": [{"text": "@"}]}),
    "system, other spelling": _generate(system_instruction={"parts": [{"text": "@"}]}),
    "function call": _part({"functionCall": {"name": "f", "args": {"a": ["@"]}}}, role="model"),
    "function call, other spelling": _part({"function_call": {"name": "f", "args": {"a": ["@"]}}}, role="model"),
    "function call name in args": _part({"functionCall": {"name": "f", "args": {"@": 1}}}, role="model"),
    "function call number": _part({"functionCall": {"name": "f", "args": {"n": {"$number": 1}}}}, role="model"),
    "function name": _part({"functionCall": {"name": "@", "args": {}}}, role="model"),
    "function response": _part({"functionResponse": {"name": "f", "response": {"output": "@"}}}),
    "function response parts": _part({"functionResponse": {"name": "f", "response": {}, "parts": [{"text": "@"}]}}),
    "code": _part({"executableCode": {"language": "PYTHON", "code": "@"}}, role="model"),
    "code result": _part({"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "@"}}),
    "file address": _part({"fileData": {"mimeType": "text/plain", "fileUri": "https://x.ch/@"}}),
    "file name": _part({"inlineData": {"mimeType": "text/plain", "data": "YQ==", "displayName": "@"}}),
    "inline text": _part({"inlineData": {"mimeType": "text/plain", "data": {"$base64": "@"}}}),
    "part metadata": _part({"text": "x", "partMetadata": {"a": "@"}}),
    "unknown part": _part({"newPart": {"words": "@"}}),
    "name in a part": _part({"text": "x", "@": 1}),
    "unknown in a content": {"contents": [{"role": "user", "parts": [{"text": "x"}], "note": "@"}]},
    "content alone": {"contents": {"parts": [{"text": "@"}]}},
    "tool description": _declared(description="@"),
    "tool name": _generate(tools=[{"functionDeclarations": [{"name": "@"}]}]),
    **{f"schema {name}": _declared(parametersJsonSchema=schema) for name, schema in _SCHEMA_PLACES.items()},
    "parameters": _declared(parameters={"type": "OBJECT", "properties": {"a": {"type": "STRING", "description": "@", "enum": ["@"]}}}),
    "answer of a tool": _declared(response={"type": "OBJECT", "description": "@"}),
    "allowed functions": _generate(toolConfig={"functionCallingConfig": {"allowedFunctionNames": ["@"]}}),
    "response schema": _generate(generationConfig={"responseSchema": {"type": "STRING", "enum": ["@"]}}),
    "response JSON schema": _generate(generationConfig={"responseJsonSchema": {"enum": ["@"]}}),
    "stop": _generate(generationConfig={"stopSequences": ["@"]}),
    "labels": _generate(labels={"@": "@"}),
    "unknown": _generate(newParameter={"a": ["@"]}),
    "unknown name": _generate(**{"@": 1}),
    "number": _generate(newParameter={"$number": 1}),
}  # fmt: skip

_EMBEDDINGS: dict[str, Any] = {
    "input": {"model": "m", "input": "@"},
    "inputs": {"model": "m", "input": ["x", "@"]},
    "user": {"model": "m", "input": "x", "user": "@"},
    "unknown": {"model": "m", "input": "x", "new": {"@": "@"}},
}

_EMBED: dict[str, Any] = {
    "content": {"content": {"parts": [{"text": "@"}]}},
    "halves": {"content": {"parts": [{"text": "a @1"}, {"text": "@2 b"}]}},
    "title": {"content": {"parts": [{"text": "x"}]}, "title": "@"},
}

REQUESTS: dict[str, dict[str, Any]] = {
    "/openai/v1/chat/completions": _CHAT,
    "/openai/v1/responses": _RESPONSES,
    "/openai/v1/embeddings": _EMBEDDINGS,
    "/azure/openai/deployments/m/chat/completions": {"user text": _CHAT["user text"], "data sources": _CHAT["data sources"]},
    "/azure/openai/v1/responses": {"input": _RESPONSES["input"]},
    "/anthropic/v1/messages": _MESSAGES,
    "/anthropic/v1/messages/count_tokens": {
        name: {key: value for key, value in tree.items() if key != "max_tokens"}
        for name, tree in _MESSAGES.items()
        if name in ("user text", "system", "tool description", "tool input", "unknown")
    },
    "/gemini/v1beta/models/m:generateContent": _GENERATE,
    "/gemini/v1beta/models/m:countTokens": {
        "text": _GENERATE["text"],
        "inner request": {"generateContentRequest": {"model": "models/m", **_GENERATE["system"]}},
    },
    "/gemini/v1beta/models/m:embedContent": _EMBED,
    "/gemini/v1beta/models/m:batchEmbedContents": {
        "requests": {"requests": [{"model": "models/m", **tree} for tree in _EMBED.values()]}
    },
}  # fmt: skip
"""By path of the gateway, then by place."""
