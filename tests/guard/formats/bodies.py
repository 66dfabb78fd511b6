"""Bodies as full as they get, and the same with something unknown anywhere in them."""

from __future__ import annotations

import base64
import copy
from typing import Any

from hypothesis import strategies as st

PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n picture").decode()
NOTE = base64.b64encode("Notiz über Anna".encode()).decode()

CLAUDE: dict[str, Any] = {
    "model": "claude-sonnet-5",
    "max_tokens": 500,
    "stream": True,
    "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
    "messages": [
        {"role": "user", "content": "My name is Anna"},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "She said Anna", "signature": "c2lnbmF0dXJl"},
                {"type": "redacted_thinking", "data": "cmVkYWN0ZWQ="},
                {"type": "text", "text": "Hello ", "citations": [
                    {"type": "char_location", "cited_text": "cited", "document_index": 0, "document_title": "Title",
                     "start_char_index": 0, "end_char_index": 5}]},
                {"type": "text", "text": "Anna"},
                {"type": "tool_use", "id": "toolu_1", "name": "lookup", "input": {"who": ["Anna", {"deep": "value"}]}},
                {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "Anna"}},
                {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [
                    {"type": "web_search_result", "url": "https://a.example", "title": "A page",
                     "encrypted_content": "ZW5j", "page_age": "2 days"}]},
                {"type": "web_fetch_tool_result", "tool_use_id": "srvtoolu_2", "content": {
                    "type": "web_fetch_result", "url": "https://b.example", "content": {
                        "type": "document", "title": "Fetched", "source": {
                            "type": "text", "media_type": "text/plain", "data": "fetched text"}}}},
                {"type": "code_execution_tool_result", "tool_use_id": "srvtoolu_3", "content": {
                    "type": "encrypted_code_execution_result", "encrypted_stdout": "b3V0", "stderr": "warned",
                    "return_code": 0, "content": [{"type": "code_execution_output", "file_id": "file_9"}]}},
                {"type": "mcp_tool_use", "id": "mcptoolu_1", "name": "find", "server_name": "crm", "input": {"q": "x"}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": "plain result"},
                {"type": "tool_result", "tool_use_id": "toolu_2", "is_error": True, "content": [
                    {"type": "text", "text": "block result"},
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PICTURE}}]},
                {"type": "mcp_tool_result", "tool_use_id": "mcptoolu_1", "content": '{"who": "\\u0041nna"}'},
                {"type": "image", "source": {"type": "url", "url": "https://c.example/x.png"}},
                {"type": "document", "title": "Report", "context": "from Anna", "source": {
                    "type": "base64", "media_type": "application/pdf", "data": PICTURE}},
                {"type": "document", "source": {"type": "base64", "media_type": "text/plain", "data": NOTE}},
                {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "inside"}]}},
                {"type": "document", "source": {"type": "file", "file_id": "file_1"}},
                {"type": "search_result", "source": "kb://1", "title": "Entry", "content": [
                    {"type": "text", "text": "found text"}]},
                {"type": "container_upload", "file_id": "file_2"},
                {"type": "text", "text": "What now?"},
            ],
        },
        {"role": "system", "content": [
            {"type": "text", "text": "From now on in German."},
            {"type": "tool_addition", "tool": {"type": "tool_definition", "definition": {
                "type": "web_search_20260318", "name": "web_search"}}},
            {"type": "tool_removal", "tool": {"type": "mcp_toolset_reference", "mcp_server_name": "crm"}}]},
        {"role": "assistant", "content": [
            {"type": "compaction", "content": "A summary", "encrypted_content": "ZW5j", "signature": "c2ln"}]},
    ],
    "tools": [
        {"name": "lookup", "description": "Looks up", "input_schema": {
            "type": "object", "properties": {"who": {"type": "string", "enum": ["Anna"]}}}},
        {"type": "bash_20250124", "name": "bash"},
        {"type": "web_search_20250305", "name": "web_search", "allowed_domains": ["a.example"]},
        {"type": "mcp_toolset", "mcp_server_name": "crm"},
        {"type": "advisor_20260301", "name": "advisor", "model": "claude-opus-5"},
    ],
    "mcp_servers": [{"type": "url", "name": "crm", "url": "https://crm.example/mcp", "authorization_token": "bearer"}],
    "metadata": {"user_id": "anna"},
    "stop_sequences": ["END"],
    "service_tier": "standard_only",
    "container": {"id": "container_1", "skills": [{"type": "custom", "skill_id": "skill_1"}]},
    "thread": {"type": "continue", "previous_message_id": "msg_1"},
    "fallbacks": [{"model": "claude-haiku-4-5"}],
}  # fmt: skip

GEMINI: dict[str, Any] = {
    "systemInstruction": {"parts": [{"text": "Be brief."}]},
    "contents": [
        {"role": "user", "parts": [
            {"text": "My name is "},
            {"text": "Anna"},
            {"inlineData": {"mimeType": "image/png", "data": PICTURE, "displayName": "photo of Anna"}},
            {"inline_data": {"mime_type": "text/plain", "data": NOTE}},
            {"inlineData": {"mimeType": "audio/mp3", "data": PICTURE}},
            {"fileData": {"fileUri": "https://files.example/1", "mimeType": "application/pdf"}},
            {"text": "and this", "partMetadata": {"own": "note"}}]},
        {"role": "model", "parts": [
            {"text": "She said Anna", "thought": True, "thoughtSignature": "c2ln"},
            {"text": "Hello"},
            {"functionCall": {"id": "1", "name": "lookup", "args": {"who": ["Anna"]}}, "thought_signature": "c2ln"},
            {"executableCode": {"language": "PYTHON", "code": "print('Anna')"}},
            {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "Anna"}},
            {"toolCall": {"toolType": "GOOGLE_SEARCH_WEB", "args": {"queries": ["Anna"]}}},
            {"toolResponse": {"toolType": "GOOGLE_SEARCH_WEB", "response": {"page": "found"}}}]},
        {"role": "function", "parts": [
            {"functionResponse": {"name": "lookup", "response": {"result": '{"who": "\\u0041nna"}', "n": [1, "two"]},
             "parts": [{"inlineData": {"mimeType": "image/jpeg", "data": PICTURE}}]}}]},
    ],
    "tools": [
        {"functionDeclarations": [
            {"name": "lookup", "description": "Looks up", "parameters": {
                "type": "OBJECT", "properties": {"who": {"type": "STRING", "enum": ["Anna"]}}}}]},
        {"googleSearch": {}},
        {"code_execution": {}, "urlContext": {}},
        {"mcpServers": [{"name": "crm", "streamableHttpTransport": {
            "url": "https://crm.example/mcp", "headers": {"Authorization": "bearer"}}}]},
        {"computerUse": {"environment": "ENVIRONMENT_BROWSER"}},
    ],
    "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["lookup"]}},
    "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}],
    "generationConfig": {
        "maxOutputTokens": 100, "candidateCount": 2, "stopSequences": ["END"],
        "responseSchema": {"type": "OBJECT", "description": "about Anna"}},
    "cachedContent": "cachedContents/abc",
    "labels": {"team": "crm"},
}  # fmt: skip

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(tree: Any) -> list[Any]:
    """All objects and arrays of a tree."""
    if not isinstance(tree, dict | list):
        return []
    return [tree, *(one for inner in (tree.values() if isinstance(tree, dict) else tree) for one in places(inner))]


@st.composite
def disturbed(draw: st.DrawFn, body: dict[str, Any]) -> dict[str, Any]:
    """A body with members added and values exchanged anywhere."""
    made = copy.deepcopy(body)
    for _ in range(draw(st.integers(0, 4))):
        place: Any = draw(st.sampled_from(places(made)))
        value = draw(ANY)
        inside = draw(st.booleans())
        if isinstance(place, list):
            if place and inside:
                place[draw(st.integers(0, len(place) - 1))] = value
            else:
                place.append(value)
        else:
            name = draw(st.sampled_from(sorted(place))) if place and inside else draw(st.text())
            place[name] = value
    return made
