"""Bodies of OpenAI's formats with something in every place that we know of."""

from __future__ import annotations

import base64
from typing import Any

PICTURE = "data:image/png;base64," + base64.b64encode(bytes(range(256)) * 4).decode()
SOUND = base64.b64encode(bytes(range(255, -1, -1)) * 4).decode()
NOTE = "data:text/plain;base64," + base64.b64encode("Notiz über Anna".encode()).decode()
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"city": {"type": "string", "description": "where", "enum": ["Bern"], "default": "Bern"}, "who": {}},
    "required": ["who"],
    "examples": [{"who": "Anna"}],
}
TOOL = {"name": "look_up", "description": "Looks up.", "parameters": SCHEMA, "strict": True}
CHAT: dict[str, Any] = {
    "model": "gpt-x",
    "messages": [
        {"role": "system", "content": "Be kind."},
        {"role": "developer", "content": [{"type": "text", "text": "Be "}, {"type": "text", "text": "short."}]},
        {
            "role": "user",
            "name": "anna",
            "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": PICTURE, "detail": "low"}},
                {"type": "image_url", "image_url": {"url": "https://pictures.example/anna"}},
                {"type": "input_audio", "input_audio": {"data": SOUND, "format": "wav"}},
                {"type": "file", "file": {"file_data": NOTE, "filename": "note.txt"}},
                {"type": "file", "file": {"file_id": "file-abc"}},
            ],
        },
        {
            "role": "assistant",
            "content": "I look.",
            "refusal": None,
            "reasoning_content": "I think.",
            "audio": {"id": "audio_1"},
            "tool_calls": [
                {
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "look_up", "arguments": '{"who": "A\\u006ena", "n": 12345678901}'},
                },
                {"id": "call_2", "type": "custom", "custom": {"name": "run", "input": "ls /home"}},
            ],
            "function_call": {"name": "old", "arguments": "no JSON"},
        },
        {"role": "tool", "tool_call_id": "call_1", "content": '{"mail": "anna\\u0040x.ch"}'},
        {"role": "tool", "tool_call_id": "call_2", "content": [{"type": "text", "text": "a file"}]},
        {"role": "function", "name": "old", "content": "done"},
    ],
    "tools": [
        {"type": "function", "function": TOOL},
        {
            "type": "custom",
            "custom": {
                "name": "run",
                "description": "Runs.",
                "format": {"type": "grammar", "grammar": {"syntax": "lark", "definition": "start: WORD"}},
            },
        },
    ],
    "functions": [{"name": "old", "description": "An old one.", "parameters": SCHEMA}],
    "tool_choice": {"type": "function", "function": {"name": "look_up"}},
    "response_format": {
        "type": "json_schema",
        "json_schema": {"name": "answer", "description": "x y", "schema": SCHEMA},
    },
    "prediction": {"type": "content", "content": [{"type": "text", "text": "foo = 1"}, {"type": "text", "text": "b"}]},
    "metadata": {"case": "a-77"},
    "user": "anna",
    "stop": ["END"],
    "logit_bias": {"50256": -100},
    "max_completion_tokens": 100,
    "n": 2,
    "store": True,
    "service_tier": "flex",
    "stream": True,
    "stream_options": {"include_usage": True},
    "web_search_options": {"user_location": {"type": "approximate", "approximate": {"city": "Bern"}}},
}
LOCATION = {"type": "approximate", "city": "Bern"}
MCP = {
    "type": "mcp",
    "server_label": "files",
    "server_url": "https://tools.example/mcp",
    "headers": {"Authorization": "Bearer abc"},
    "authorization": "token",
    "allowed_tools": ["read"],
    "require_approval": "never",
}
INPUT: list[dict[str, Any]] = [
    {"role": "user", "content": "Hello."},
    {
        "type": "message",
        "role": "user",
        "content": [
            {"type": "input_text", "text": "See "},
            {"type": "input_text", "text": "this."},
            {"type": "input_image", "image_url": PICTURE, "detail": "auto"},
            {"type": "input_image", "file_id": "file-1", "detail": "auto"},
            {"type": "input_file", "file_url": "https://files.example/1", "filename": "one.pdf"},
            {"type": "input_file", "file_data": NOTE, "filename": "note.txt"},
        ],
    },
    {
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "status": "completed",
        "content": [
            {
                "type": "output_text",
                "text": "Yes.",
                "annotations": [
                    {"type": "url_citation", "url": "https://a.example", "title": "A", "start_index": 0, "end_index": 1}
                ],
            },
            {"type": "refusal", "refusal": "No."},
        ],
    },
    {
        "type": "reasoning",
        "id": "rs_1",
        "summary": [{"type": "summary_text", "text": "I thought."}],
        "content": [{"type": "reasoning_text", "text": "Hm."}],
        "encrypted_content": SOUND,
    },
    {"type": "function_call", "call_id": "call_1", "name": "look_up", "arguments": '{"who": "Anna"}'},
    {"type": "function_call_output", "call_id": "call_1", "output": "Anna lives here."},
    {
        "type": "function_call_output",
        "call_id": "call_1",
        "output": [
            {"type": "input_text", "text": "more"},
            {"type": "input_image", "image_url": PICTURE, "detail": "low"},
        ],
    },
    {"type": "custom_tool_call", "call_id": "call_2", "name": "run", "input": "ls"},
    {"type": "custom_tool_call_output", "call_id": "call_2", "output": "a b"},
    {
        "type": "file_search_call",
        "id": "fs_1",
        "status": "completed",
        "queries": ["who is she"],
        "results": [
            {"file_id": "file-1", "filename": "a.txt", "text": "found", "score": 0.5, "attributes": {"owner": "anna"}}
        ],
    },
    {
        "type": "web_search_call",
        "id": "ws_1",
        "status": "completed",
        "action": {"type": "search", "query": "weather bern", "sources": [{"type": "url", "url": "https://w.example"}]},
    },
    {
        "type": "computer_call",
        "id": "cu_1",
        "call_id": "call_3",
        "status": "completed",
        "pending_safety_checks": [],
        "action": {"type": "type", "text": "typed"},
    },
    {
        "type": "computer_call_output",
        "call_id": "call_3",
        "output": {"type": "computer_screenshot", "image_url": PICTURE},
    },
    {
        "type": "code_interpreter_call",
        "id": "ci_1",
        "status": "completed",
        "container_id": "cntr_1",
        "code": "print(1)",
        "outputs": [{"type": "logs", "logs": "1"}, {"type": "image", "url": "https://pictures.example/1"}],
    },
    {
        "type": "local_shell_call",
        "id": "ls_1",
        "call_id": "call_4",
        "status": "completed",
        "action": {"type": "exec", "command": ["cat", "notes"], "env": {"HOME": "/root"}},
    },
    {"type": "local_shell_call_output", "id": "ls_2", "output": "notes"},
    {"type": "shell_call", "call_id": "call_5", "action": {"commands": ["date"]}},
    {
        "type": "shell_call_output",
        "call_id": "call_5",
        "output": [{"stdout": "Monday", "stderr": "warning", "outcome": {"type": "exit", "exit_code": 0}}],
    },
    {
        "type": "apply_patch_call",
        "call_id": "call_6",
        "status": "completed",
        "operation": {"type": "update_file", "path": "src/x", "diff": "+ new"},
    },
    {"type": "apply_patch_call_output", "call_id": "call_6", "status": "completed", "output": "patched"},
    {
        "type": "mcp_list_tools",
        "id": "mcpl_1",
        "server_label": "files",
        "tools": [{"name": "read", "description": "Reads.", "input_schema": SCHEMA, "annotations": {"title": "Read"}}],
    },
    {
        "type": "mcp_approval_request",
        "id": "mcpr_1",
        "server_label": "files",
        "name": "read",
        "arguments": '{"path": "/x"}',
    },
    {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": True, "reason": "fine"},
    {
        "type": "mcp_call",
        "id": "mcp_1",
        "server_label": "files",
        "name": "read",
        "arguments": '{"path": "/x"}',
        "output": "text of x",
        "error": {"type": "http_error", "code": 500, "message": "it broke"},
    },
    {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": SOUND, "revised_prompt": "a cat"},
    {"type": "program", "id": "p_1", "call_id": "call_7", "code": "x = 1", "fingerprint": "fp"},
    {"type": "program_output", "id": "p_2", "call_id": "call_7", "result": "one", "status": "completed"},
    {"type": "tool_search_call", "arguments": {"goal": "find", "id": 12345678901}},
    {"type": "tool_search_output", "tools": [{"type": "function", **TOOL, "name": "found"}]},
    {"type": "additional_tools", "role": "developer", "tools": [{"type": "web_search_preview"}]},
    {"type": "configuration_update", "text": {"format": {"type": "text"}}},
    {"type": "compaction", "encrypted_content": SOUND},
    {"type": "compaction_trigger"},
    {"type": "item_reference", "id": "msg_9"},
]
RESPONSES: dict[str, Any] = {
    "model": "gpt-x",
    "instructions": "Be kind.",
    "input": INPUT,
    "tools": [
        {"type": "function", **TOOL},
        {"type": "custom", "name": "run", "description": "Runs."},
        {
            "type": "namespace",
            "name": "crm",
            "description": "Customers.",
            "tools": [{"type": "function", "name": "find"}],
        },
        {"type": "web_search", "filters": {"allowed_domains": ["a.example"]}, "user_location": LOCATION},
        {
            "type": "file_search",
            "vector_store_ids": ["vs_1"],
            "filters": {"type": "eq", "key": "owner", "value": "anna"},
        },
        {"type": "code_interpreter", "container": {"type": "auto", "file_ids": ["file-1"]}},
        {"type": "image_generation", "input_image_mask": {"image_url": PICTURE}},
        {"type": "computer"},
        {"type": "apply_patch"},
        {"type": "local_shell"},
        {"type": "shell", "environment": {"type": "local"}},
        {
            "type": "shell",
            "environment": {"type": "container_auto", "skills": [{"type": "skill_reference", "skill_id": "s"}]},
        },
        {"type": "tool_search", "execution": "client", "description": "Searches."},
        MCP,
        {"type": "mcp", "server_label": "mail", "connector_id": "connector_gmail"},
    ],
    "tool_choice": {"type": "mcp", "server_label": "files"},
    "previous_response_id": "resp_1",
    "conversation": {"id": "conv_1"},
    "prompt": {
        "id": "pmpt_1",
        "version": "2",
        "variables": {"customer": "Anna", "photo": {"type": "input_image", "image_url": PICTURE, "detail": "low"}},
    },
    "text": {"format": {"type": "json_schema", "name": "answer", "schema": SCHEMA}, "verbosity": "low"},
    "reasoning": {"effort": "low", "summary": "auto"},
    "metadata": {"case": "a-77"},
    "include": ["reasoning.encrypted_content"],
    "safety_identifier": "hash of anna",
    "max_output_tokens": 300,
    "store": False,
    "background": True,
    "stream": False,
}
EMBEDDINGS: dict[str, Any] = {"model": "embed-x", "input": ["one", "two"], "user": "anna", "encoding_format": "float"}


def _logprobs(*tokens: str) -> list[dict[str, Any]]:
    return [
        {"token": one, "bytes": list(one.encode()), "logprob": -0.1, "top_logprobs": [{"token": one, "logprob": -0.1}]}
        for one in tokens
    ]


COMPLETION: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1694268190,
    "model": "gpt-x",
    "system_fingerprint": "fp_1",
    "choices": [
        {
            "index": 0,
            "message": {
                **CHAT["messages"][3],
                "audio": {"id": "audio_2", "data": SOUND, "transcript": "Spoken.", "expires_at": 1694268199},
                "annotations": [{"type": "url_citation", "url_citation": {"url": "https://a.example", "title": "A b"}}],
            },
            "logprobs": {"content": _logprobs("I ", "look", "."), "refusal": None},
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12},
}
RESPONSE: dict[str, Any] = {
    "id": "resp_1",
    "object": "response",
    "created_at": 1694268190,
    "status": "completed",
    "model": "gpt-x",
    "output": [one for one in INPUT if one.get("role") != "user" and one.get("type") != "item_reference"],
    "error": None,
    "instructions": "Be kind.",
    "metadata": {"case": "a-77"},
    "tools": RESPONSES["tools"],
    "tool_choice": "auto",
    "parallel_tool_calls": True,
    "usage": {"input_tokens": 5, "output_tokens": 7, "total_tokens": 12},
}
EMBEDDED: dict[str, Any] = {
    "object": "list",
    "model": "embed-x",
    "data": [
        {"object": "embedding", "index": 0, "embedding": [0.5, -1, 2.25]},
        {"object": "embedding", "embedding": SOUND},
    ],
    "usage": {"prompt_tokens": 5, "total_tokens": 5},
}
