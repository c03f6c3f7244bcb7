import { members } from '../check-members';

/** The parameters of openai 7.59. */
export const PARAMETERS = members(`
  model: string!, messages: array!, audio: object, frequency_penalty: number, function_call: string|object
  functions: array, logit_bias: object, logprobs: boolean, max_completion_tokens: integer, max_tokens: integer
  metadata: object, modalities: array, moderation: object, n: integer, parallel_tool_calls: boolean
  prediction: object, presence_penalty: number, prompt_cache_key: string, prompt_cache_options: object
  prompt_cache_retention: string, reasoning_effort: string, response_format: object, safety_identifier: string
  seed: integer, service_tier: string, stop: string|array, store: boolean, stream: boolean, stream_options: object
  temperature: number, tool_choice: string|object, tools: array, top_logprobs: integer, top_p: number, user: string
  verbosity: string, web_search_options: object
`);

const INPUT = 'content: string|array!, name: string';

/** The members of each role's messages. `reasoning_content` belongs to compatible servers. */
export const MESSAGES = new Map([
  ['system', members(`role: string!, ${INPUT}`)],
  ['developer', members(`role: string!, ${INPUT}`)],
  ['user', members(`role: string!, ${INPUT}`)],
  ['tool', members('role: string!, content: string|array!, tool_call_id: string!')],
  [
    'assistant',
    members(`role: string!, content: string|array, name: string, refusal: string, tool_calls: array, audio: object
             annotations: array, function_call: object, reasoning_content: string`),
  ],
]);

const BREAKPOINT = 'prompt_cache_breakpoint: object';

/** The members of each type of content part. */
export const PARTS = new Map([
  ['text', members(`type: string!, text: string!, ${BREAKPOINT}`)],
  ['refusal', members('type: string!, refusal: string!')],
  ['image_url', members(`type: string!, image_url: object!, ${BREAKPOINT}`)],
  ['input_audio', members('type: string!, input_audio: object!')],
  ['file', members(`type: string!, file: object!, ${BREAKPOINT}`)],
]);

/** The types of parts that each role may send. */
export const PARTS_OF = new Map([
  ['system', ['text']],
  ['developer', ['text']],
  ['tool', ['text']],
  ['assistant', ['text', 'refusal']],
  ['user', ['text', 'image_url', 'input_audio', 'file']],
]);

export const FUNCTION = members(
  'name: string!, description: string, parameters: object, strict: boolean, output_schema: object',
);
