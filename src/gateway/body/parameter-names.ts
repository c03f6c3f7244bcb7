import { type Protocol } from '../../upstream/protocol';

const SHARED = 'metadata model service_tier stream temperature tool_choice tools top_p';

/** Chat completions and responses. */
const OPENAI =
  'moderation parallel_tool_calls prompt_cache_key prompt_cache_options prompt_cache_retention safety_identifier store ' +
  'stream_options top_logprobs user';

/**
 * The top-level parameters of each protocol, by the types of openai 7.59 and @anthropic-ai/sdk 1.14 with its beta
 * parameters. Messages also has the sampling parameters of `anthropic-version` 2023-06-01. Many servers of chat
 * completions know `top_k` and `thinking`, so these belong to that protocol too.
 */
const PARAMETERS: Readonly<Record<Protocol, ReadonlySet<string>>> = {
  openai_chat_completions: names(
    SHARED,
    OPENAI,
    'audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens messages',
    'modalities n prediction presence_penalty reasoning_effort response_format seed stop verbosity web_search_options',
    'thinking top_k',
  ),
  openai_responses: names(
    SHARED,
    OPENAI,
    'access_programs background background_options context_management conversation image include input instructions',
    'max_output_tokens max_tool_calls previous_response_id prompt reasoning text truncation',
  ),
  anthropic_messages: names(
    SHARED,
    'billing_policy cache_control compaction container context_management diagnostics fallback_credit_token fallbacks',
    'inference_geo max_tokens mcp_servers messages output_config output_format speed stop_sequences system thinking',
    'thread top_k',
  ),
};

const SAMPLING: ReadonlySet<string> = new Set(['temperature', 'top_p', 'top_k']);

const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['max_tokens', 'max_completion_tokens'],
  ['max_completion_tokens', 'max_tokens'],
]);

/** Whether a parameter belongs to another protocol only, so that a server of this protocol may reject it. */
export function isKnownElsewhereOnly(name: string, protocol: Protocol): boolean {
  if (PARAMETERS[protocol].has(name)) return false;
  return Object.values(PARAMETERS).some((known) => known.has(name));
}

/** Whether Anthropic rejects a parameter from `anthropic-version` 2026-10-21 on. */
export function isSamplingParameter(name: string): boolean {
  return SAMPLING.has(name);
}

/** Returns the other name of the same parameter. Servers reject both together. */
export function synonymOf(name: string): string | null {
  return SYNONYMS.get(name) ?? null;
}

function names(...lists: readonly string[]): ReadonlySet<string> {
  return new Set(lists.join(' ').split(' '));
}
