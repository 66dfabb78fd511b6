"""Words that the format itself uses: names of members and values of fixed lists. None of them is anybody's text."""

from __future__ import annotations

import re

from bartizan.guard.formats.media import is_made, is_opaque

__all__ = ["HANDLES", "TIMES", "WORDS", "is_handle", "is_name", "is_source"]

_MEMBERS = """
    accepted_prediction_tokens access_programs acknowledged_safety_checks action actions allowed_callers
    allowed_domains allowed_tools always annotation annotation_index annotations approval_request_id approve
    approximate arguments async attributes audio audio_tokens authorization background background_options
    button bytes cache_missed_tokens cache_write_tokens cache_write_tokens_details cached_image_tokens
    cached_text_tokens cached_tokens cached_tokens_details call_id caller caller_id categories
    category_applied_input_types category_scores choices city code command command_index commands
    compact_threshold comparison_response_id comparison_reusable_tokens completed_at completion_tokens
    completion_tokens_details completion_window complexity connector_id container container_id content
    content_index context context_compression context_management continuation_id conversation country created
    created_at created_by custom cyber data defer_loading definition delta description detail
    detailed_explanation diff dimensions display_height display_width domain domain_secrets effort embedding
    embedding_weight encoding_format encrypted_content end_index env environment error error_type execution
    exit_code expires_at external_web_access file file_data file_id file_ids file_url filename filters
    fingerprint finish_reason flagged format frame_count frame_duration_ms frequency_penalty function
    function_call functions generate_summary grammar headers hybrid_search id image image_gen image_tokens
    image_url include include_obfuscation include_usage incomplete_details index input input_audio
    input_fidelity input_image_mask input_schema input_tokens input_tokens_details input_transformations
    instructions item item_id json_schema key keys logit_bias logprob logprobs logs max_completion_tokens
    max_num_results max_output_length max_output_tokens max_tokens max_tool_calls media_type memory_limit
    message messages metadata misalignment modalities mode model moderation moderation_details
    moderation_stage n name namespace network_policy never num_requests obfuscation object operation outcome
    output output_compression output_format output_index output_schema output_tokens output_tokens_details
    outputs parallel_tool_calls param parameters part partial_image_b64 partial_image_index partial_images
    path pattern pending_safety_checks phase policy prediction presence_penalty previous_response_id prewarm
    prompt prompt_cache_breakpoint prompt_cache_diagnostics prompt_cache_key prompt_cache_options
    prompt_cache_retention prompt_tokens prompt_tokens_details quality queries query ranker ranking_options
    read_only reason reasoning reasoning_effort reasoning_tokens refusal region rejected_prediction_tokens
    require_approval required_input response response_format result results review_target revised_prompt role
    safety_identifier schema score score_threshold scroll_x scroll_y search_content_types search_context_size
    seed sequence_number server_description server_label server_url service_tier size skill_id skills source
    sources start_index status stderr stdout steer stop store stream stream_id stream_options strict summary
    summary_index svg svg_usage syntax system_fingerprint temperature text text_tokens text_weight timeout_ms
    timezone title token tool_call_id tool_calls tool_choice tool_names tool_usage tools top_logprobs top_p
    total_tokens transcript truncation ttl ttl_12h_tokens ttl_30m_tokens tunnel_id type url url_citation usage
    user user_location value variables vector_store_ids verbosity version voice web_search web_search_options
    working_directory x y
"""
"""Names of members, as in OpenAI's own description of its interface (types of the official client, version 3.57)."""

_VALUES = """
    1024x1024 1024x1536 12h 1536x1024 16g 1g 24h 2h 30m 4g 64g 8h aac additional_tools all_turns allowed_tools
    allowlist alloy always and application/zip apply_patch apply_patch_call apply_patch_call_output
    approximate ash assistant audio auto back ballad base64 bio_policy block browser cache_hit cache_miss
    calling cancelled cedar chat.completion chat.completion.chunk click client code_interpreter
    code_interpreter_call code_interpreter_call.outputs commentary compaction compaction_trigger
    comparison_response_not_found completed computer computer_call computer_call_output
    computer_call_output.output.image_url computer_screenshot computer_use computer_use_preview concise
    configuration_update connector_dropbox connector_gmail connector_googlecalendar connector_googledrive
    connector_microsoftteams connector_outlookcalendar connector_outlookemail connector_sharepoint
    container_auto container_file_citation container_reference content content_filter context_compacted coral
    create_file critic current_turn custom custom_tool_call custom_tool_call_output data_residency_mismatch
    daybreak_blue daybreak_red default default-2024-11-15 delete_file detailed developer direct disabled
    discriminator double_click drag echo edit embedding empty_image_file enabled end_user_mismatch eq error
    exec exit explicit failed failed_to_download_image fast file file_citation file_path file_search
    file_search_call file_search_call.results final_answer find_in_page flac flex float forward function
    function_call function_call_output generate generating gif grammar gt gte high http_error image
    image_content_policy_violation image_file_not_found image_file_too_large image_generation
    image_generation_call image_parse_error image_too_large image_too_small image_url implicit in in_memory
    in_progress incomplete inline input input_audio input_changed input_file input_image input_text
    interpreting invalid_base64_image invalid_image invalid_image_format invalid_image_mode invalid_image_url
    invalid_input invalid_prompt invalid_request_error item_reference jpeg json_object json_schema keypress
    lark left length linux list local local_shell local_shell_call local_shell_call_output logs low lt lte mac
    marin max max_messages max_output_tokens mcp mcp_approval_request mcp_approval_response mcp_call
    mcp_list_tools mcp_protocol_error mcp_tool_execution_error medium message message.input_image.image_url
    message.output_text.logprobs minimal misalignment_policy_violation model_changed model_mismatch
    moderation_result moderation_results move mp3 namespace ne never nin none opaque open_page opus or
    organization_mismatch original other output output_text pcm16 png potentially_unintended_data_access
    potentially_unintended_data_transfer potentially_unintended_destructive_activity prefix_mismatch priority
    pro program program_output programmatic programmatic_tool_calling prompt_cache_key_changed queued
    rate_limit_exceeded reasoning reasoning.encrypted_content reasoning_effort_changed reasoning_text refusal
    regex removed required response response_already_completed response_not_active response_not_found right
    sage scale score screenshot scroll search searching server server_error service_tier_changed shell
    shell_call shell_call_output shimmer skill_reference soonest standard steered steering_not_supported stop
    successor_creation_failed summary_text svg system text text_format_changed timeout too_many_pending_steers
    tool tool_calls tool_search tool_search_call tool_search_output tools_changed transparent turn_boundary
    type ubuntu ultrafast unavailable unknown unsupported_image_media_type update_file url url_citation user
    vector_store_timeout verbosity_changed verse wait waiting_for_required_input wav web_search
    web_search_2025_08_26 web_search_call web_search_call.action.sources web_search_call.results
    web_search_preview web_search_preview_2025_03_11 webp wheel windows xhigh
"""
"""Values of fixed lists, from the same place."""

_SCHEMA = """
    $anchor $comment $defs $id $ref $schema additionalProperties allOf anyOf array boolean const contains date
    date-time default definitions dependentRequired description else email enum examples exclusiveMaximum
    exclusiveMinimum format if integer items maxItems maxLength maxProperties maximum minItems minLength
    minProperties minimum multipleOf not null nullable number object oneOf pattern patternProperties
    prefixItems properties propertyNames required string then time title type uniqueItems uri uuid
"""
"""Words of JSON Schema, in which tools and answers are described."""

_OTHERS = """
    assistants authentication_error citation citations content_filter_offsets content_filter_results cost
    custom_blocklists data_sources detected filtered hate indirect_attack insufficient_quota intent jailbreak
    matched_stop native_finish_reason not_found_error permission_error profanity prompt_cache_hit_tokens
    prompt_cache_miss_tokens prompt_filter_results prompt_index protected_material_code
    protected_material_text provider rate_limit_error reasoning_content reasoning_details
    response.apply_patch_call_operation_diff.delta response.apply_patch_call_operation_diff.done
    response.compaction response.input_tokens safe self_harm severity sexual stop_reason thinking violence
"""
"""Words of Azure OpenAI, and of other makers who speak this format."""

WORDS = frozenset(f"{_MEMBERS} {_VALUES} {_SCHEMA} {_OTHERS}".split())
"""A name or a value that is one of these says nothing; it is no piece."""

_HANDLES = """
    id model object system_fingerprint item_id call_id tool_call_id container_id file_id response_id obfuscation
    fingerprint stream_id approval_request_id caller_id created_by previous_response_id provider
"""
HANDLES = frozenset(_HANDLES.split())
"""Members of answers that hold what the provider made up to name a thing."""

TIMES = frozenset(("created", "created_at", "completed_at", "expires_at"))
"""Members that hold a point in time in seconds since 1970, which is a long number and nobody's."""

_PADDING = re.compile(r"(?![\s\S]*[0-9]{8})[A-Za-z0-9]{0,64}(?![\s\S])")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\s\S])")
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=\r\n"
_HEAD = re.compile(rb"(?i)data:[a-z]{1,20}/[a-z0-9.+-]{1,80};base64")
_SHORT = 1024
"""Characters below which no real image, sound or file stays; what is as short may be a text that looks like base64."""


def is_name(value: str, key: str = "") -> bool:
    """Tell whether a value is what a provider calls a thing; padding of streams is signs by chance."""
    return is_made(value) or (key == "obfuscation" and _PADDING.match(value) is not None)


def is_handle(value: str) -> bool:
    """Tell whether a value is a random number that somebody's program made, not a text."""
    return len(value) == 36 and _UUID.match(value) is not None


def is_source(value: str, least: int = _SHORT) -> bool:
    """Tell whether a value is long and nothing but base64, perhaps behind the head of a `data:` address."""
    if len(value) < least or not value.isascii():
        return False
    data = value.encode()
    if value[:5].lower() == "data:":
        head, _, data = data.partition(b",")
        if _HEAD.fullmatch(head) is None:
            return False
    return not data.translate(None, _BASE64) and is_opaque(data[:_SHORT].decode())
