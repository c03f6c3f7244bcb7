import { members } from '../check-members';

/** The parameters of openai 7.59, with `client_metadata` of Codex. */
export const PARAMETERS = members(`
  model: string!, input: string|array, access_programs: object, background: boolean, background_options: object
  client_metadata: object, context_management: array, conversation: string|object, image: object, include: array
  instructions: string, max_output_tokens: integer, max_tool_calls: integer, metadata: object, moderation: object
  parallel_tool_calls: boolean, previous_response_id: string, prompt: object, prompt_cache_key: string
  prompt_cache_options: object, prompt_cache_retention: string, reasoning: object, safety_identifier: string
  service_tier: string, store: boolean, stream: boolean, stream_options: object, temperature: number, text: object
  tool_choice: string|object, tools: array, top_logprobs: integer, top_p: number, truncation: string, user: string
`);

export const COMPACT_PARAMETERS = members(`
  model: string!, input: string|array, image: object, instructions: string, previous_response_id: string
  prompt_cache_key: string, prompt_cache_options: object, prompt_cache_retention: string, service_tier: string
`);

/** The members of each type of input item. Items of hosted tools are not served. */
export const ITEMS = new Map([
  [
    'message',
    members('type: string, role: string!, content: string|array!, id: string, status: string, phase: string'),
  ],
  [
    'function_call',
    members(`type: string!, call_id: string!, name: string!, arguments: string!, id: string, status: string
             namespace: string, async: boolean, caller: object`),
  ],
  [
    'function_call_output',
    members(
      'type: string!, call_id: string!, output: string|array!, id: string, status: string, caller: object',
    ),
  ],
  [
    'custom_tool_call',
    members(`type: string!, call_id: string!, name: string!, input: string!, id: string, status: string
             namespace: string`),
  ],
  [
    'custom_tool_call_output',
    members('type: string!, call_id: string!, output: string|array!, id: string, status: string'),
  ],
  [
    'reasoning',
    members(
      'type: string!, id: string, summary: array!, content: array, encrypted_content: string, status: string',
    ),
  ],
  ['compaction', members('type: string!, encrypted_content: string!, id: string, created_by: string')],
  ['item_reference', members('type: string, id: string!')],
]);

const BREAKPOINT = 'prompt_cache_breakpoint: object';

export const PARTS = new Map([
  ['input_text', members(`type: string!, text: string!, ${BREAKPOINT}`)],
  [
    'input_image',
    members(`type: string!, image_url: string, file_id: string, detail: string, ${BREAKPOINT}`),
  ],
  [
    'input_file',
    members(`type: string!, file_data: string, file_id: string, file_url: string, filename: string
             detail: string, ${BREAKPOINT}`),
  ],
  ['output_text', members('type: string!, text: string!, annotations: array, logprobs: array')],
  ['refusal', members('type: string!, refusal: string!')],
]);

/** The types of tools that a request may declare. Only functions and custom tools are called. */
export const TOOL_TYPES = [
  'function',
  'custom',
  'namespace',
  'web_search',
  'web_search_preview',
  'file_search',
  'code_interpreter',
  'image_generation',
  'local_shell',
  'shell',
  'apply_patch',
  'mcp',
  'tool_search',
  'computer_use_preview',
];
