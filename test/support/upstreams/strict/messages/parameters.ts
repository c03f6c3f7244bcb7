import { members } from '../check-members';

/** The newest `anthropic-version`. It has no sampling parameters. */
export const NEWEST = '2026-10-21';

const COMMON = `
  model: string!, messages: array!, cache_control: object, system: string|array, thinking: object
  tool_choice: object, tools: array, output_config: object, context_management: object, mcp_servers: array
  speed: string, thread: object, output_format: object
`;

/** The parameters of @anthropic-ai/sdk 1.14, of its beta messages too, and the sampling of older versions. */
export const PARAMETERS = members(`${COMMON}
  max_tokens: integer!, metadata: object, stop_sequences: array, stream: boolean, service_tier: string
  container: string|object, inference_geo: string, diagnostics: object, billing_policy: object, compaction: object
  fallbacks: array|object, fallback_credit_token: string|object, user_profile_id: string, workspace_id: string
  temperature: number, top_p: number, top_k: integer
`);

export const COUNT_PARAMETERS = members(COMMON);

export const SAMPLING = ['temperature', 'top_p', 'top_k'];

const CACHE = 'type: string!, cache_control: object';

/** The members of each type of content block. Blocks of hosted tools are not served. */
export const BLOCKS = new Map([
  ['text', members(`${CACHE}, text: string!, citations: array|object`)],
  ['image', members(`${CACHE}, source: object!, transformations: object`)],
  ['document', members(`${CACHE}, source: object!, title: string, context: string, citations: object`)],
  [
    'tool_use',
    members(`${CACHE}, id: string!, name: string!, input: object!, caller: object, toolset_name: string`),
  ],
  [
    'tool_result',
    members(`${CACHE}, tool_use_id: string!, content: string|array, is_error: boolean, toolset_name: string`),
  ],
  ['thinking', members('type: string!, thinking: string!, signature: string!')],
  ['redacted_thinking', members('type: string!, data: string!')],
]);

export const BLOCKS_OF = new Map([
  ['user', ['text', 'image', 'document', 'tool_result']],
  ['assistant', ['text', 'tool_use', 'thinking', 'redacted_thinking']],
  ['system', ['text']],
]);

export const TOOL = members(`
  name: string!, input_schema: object!, description: string, type: string, cache_control: object, strict: boolean
  eager_input_streaming: boolean, input_examples: array, defer_loading: boolean, allowed_callers: array
`);
