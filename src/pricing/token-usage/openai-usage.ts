import type { TokenUsage } from './token-usage';
import type { Count, UsageReader } from './usage-reader';

/** The field names of an OpenAI-compatible API. */
interface OpenaiForm {
  readonly input: string;
  readonly output: string;
  readonly inputDetails: readonly string[];
  readonly outputDetails: readonly string[];
}

/** Also used by completions, embeddings and nearly every compatible endpoint. */
export const CHAT_COMPLETIONS: OpenaiForm = {
  input: 'prompt_tokens',
  output: 'completion_tokens',
  inputDetails: ['prompt_tokens_details'],
  outputDetails: ['completion_tokens_details'],
};

/** The Realtime API names the details in the singular. */
export const RESPONSES: OpenaiForm = {
  input: 'input_tokens',
  output: 'output_tokens',
  inputDetails: ['input_tokens_details', 'input_token_details'],
  outputDetails: ['output_tokens_details', 'output_token_details'],
};

/**
 * Reads a usage whose input total includes cache reads and cache writes
 * (developers.openai.com/api/docs/guides/prompt-caching). Other vendors add these names:
 *
 * - `cached_tokens` beside the totals: Moonshot. `prompt_cache_hit_tokens`: DeepSeek, where `prompt_tokens` is its sum
 *   with `prompt_cache_miss_tokens` (api-docs.deepseek.com/api/create-chat-completion).
 * - `cache_write_tokens`: OpenAI since GPT-5.6, OpenRouter (openrouter.ai/docs/use-cases/usage-accounting).
 * - `cache_creation_tokens`, `cache_creation_input_tokens`, `cache_read_input_tokens`: LiteLLM, where
 *   `prompt_tokens` includes all prompt tokens (docs.litellm.ai/docs/completion/prompt_caching).
 */
export function readOpenaiUsage(reader: UsageReader, form: OpenaiForm): TokenUsage {
  const input = reader.count([form.input]);
  const cacheRead = reader.largest([
    ...form.inputDetails.map((details) => [details, 'cached_tokens']),
    ['cached_tokens'],
    ['prompt_cache_hit_tokens'],
    ['cache_read_input_tokens'],
  ]);
  const cacheWrite = reader.largest([
    ...form.inputDetails.map((details) => [details, 'cache_write_tokens']),
    ...form.inputDetails.map((details) => [details, 'cache_creation_tokens']),
    ['cache_creation_input_tokens'],
  ]);
  const output = readOutput(reader, form, input);
  const uncached = input.tokens - cacheRead.tokens - cacheWrite.tokens;
  if (uncached < 0 && reader.errors.length === 0) {
    const { pointer } = cacheRead.tokens > 0 ? cacheRead : cacheWrite;
    const detail = `Must not exceed ${form.input}, which includes cached tokens. It is ${input.tokens}, but ${cacheRead.tokens} tokens were read from the cache and ${cacheWrite.tokens} written.`;
    reader.reject({ pointer, code: 'range', detail });
  }
  return {
    input: uncached,
    output: output.tokens,
    cache_write: cacheWrite.tokens,
    cache_read: cacheRead.tokens,
  };
}

/**
 * OpenAI's output includes reasoning tokens. xAI counts them separately and charges them like output
 * (docs.x.ai/docs/key-information/consumption-and-rate-limits). The total shows which of the two applies.
 */
function readOutput(reader: UsageReader, form: OpenaiForm, input: Count): Count {
  const output = reader.count([form.output]);
  const reasoning = reader.largest(form.outputDetails.map((details) => [details, 'reasoning_tokens']));
  const total = reader.count(['total_tokens']);
  const isSeparate = input.tokens + output.tokens + reasoning.tokens === total.tokens;
  return isSeparate ? reader.sum([output, reasoning]) : output;
}
