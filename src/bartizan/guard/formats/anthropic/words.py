"""Names and fixed words of Anthropic's Messages API, which say nothing by themselves.

Source: types of the package `anthropic` 2.14 (its `beta` types included), November 2026.
"""

from __future__ import annotations

__all__ = ["CLIENT_TOOLS", "NAMES", "SEALS", "WORDS"]

_NAMES = """
allowed_callers allowed_domains authorization_token blocked_domains budget_tokens cache_control cache_creation
cache_creation_input_tokens cache_read_input_tokens caller citation citations cited_text clear_at clear_at_least
code configs container container_upload content content_block context context_management data default_config
defer_loading definition description diagnostics disable_parallel_tool_use display display_height_px display_number
display_width_px document_index document_title edits effort enable_zoom enabled encrypted_content encrypted_index
encrypted_stdout end_block_index end_char_index end_page_number ephemeral_1h_input_tokens ephemeral_5m_input_tokens
error_code error_message exclude_tools explanation fallbacks file_id format from id inference_geo input
input_examples input_schema input_tokens instructions is_error keep lines max_characters max_content_tokens
max_tokens max_uses mcp_server_name mcp_servers media_type message messages metadata model name new_lines new_start
num_lines old_lines old_start output_config output_format output_tokens output_tokens_details page_age parsed
pause_after_compaction previous_message_id redacted_thinking retrieved_at return_code role schema
search_result_index server_name server_tool_use service_tier signature skill_id skills source speed
start_block_index start_char_index start_line start_page_number stderr stdout stop_details stop_reason stop_sequence
stop_sequences stream strict system task_budget temperature text thinking thread title to token tool tool_changes
tool_choice tool_configuration tool_name tool_references tool_use_id tools toolset_name top_k top_p total_lines
transformations trigger ttl type url usage user_id user_location user_profile_id value version web_fetch_requests
web_search_requests
"""
NAMES = frozenset(_NAMES.split())
"""Members of the API's own objects. Their names are no texts."""

_WORDS = """
1h 5m adaptive advisor_redacted_result advisor_result advisor_tool_result all any application/pdf assistant auto
base64 bash_code_execution bash_code_execution_output bash_code_execution_result bash_code_execution_tool_result
batch char_location citations_delta clear_thinking_20251015 clear_tool_uses_20250919 code_execution
code_execution_output code_execution_result code_execution_tool_result compact_20260112 compaction compaction_delta
container_upload content content_block_delta content_block_location content_block_start content_block_stop create
custom default direct disabled document enabled encrypted_code_execution_result end_turn ephemeral error fallback
fast file high image image/gif image/jpeg image/png image/webp input_json_delta input_tokens json_schema low max
max_tokens mcp_tool_listing mcp_tool_result mcp_tool_use mcp_toolset medium message message_delta message_start
message_stop model_context_window_exceeded never next_user_message none page_location pause_turn ping priority
redacted_thinking refusal search_result search_result_location server_tool_use signature_delta standard
standard_only stop_sequence summarize system text text/plain text_delta text_editor_code_execution
text_editor_code_execution_create_result text_editor_code_execution_str_replace_result
text_editor_code_execution_tool_result text_editor_code_execution_view_result thinking thinking_delta tool
tool_addition tool_definition tool_reference tool_removal tool_result tool_search_tool_bm25 tool_search_tool_regex
tool_search_tool_result tool_search_tool_search_result tool_use tool_uses url user web_fetch web_fetch_result
web_fetch_tool_result web_search web_search_result web_search_result_location web_search_tool_result xhigh
"""
WORDS = frozenset(_WORDS.split())
"""Values that the API fixes, outside contents."""

SEALS = frozenset(("encrypted_content", "encrypted_index", "encrypted_stdout", "signature"))
"""Members that only the provider can read."""

CLIENT_TOOLS = ("bash_", "browser_", "computer_", "memory_", "text_editor_")
"""Beginnings of the types of tools that the API describes and the caller runs."""
