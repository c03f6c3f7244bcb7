import type { TokenUsage } from './token-usage';
import type { Count, UsageReader } from './usage-reader';

/** How an API of OpenAI's kind names the totals and what it says of their parts. */
interface OpenaiForm {
  readonly input: string;
  readonly output: string;
  readonly inputDetails: readonly string[];
  readonly outputDetails: readonly string[];
}

/** Also of completions, embeddings and nearly every compatible endpoint. */
export const CHAT_COMPLETIONS: OpenaiForm = {
  input: 'prompt_tokens',
  output: 'completion_tokens',
  inputDetails: ['prompt_tokens_details'],
  outputDetails: ['completion_tokens_details'],
};

/** The Realtime API has the details in the singular. */
export const RESPONSES: OpenaiForm = {
  input: 'input_tokens',
  output: 'output_tokens',
  inputDetails: ['input_tokens_details', 'input_token_details'],
  outputDetails: ['output_tokens_details', 'output_token_details'],
};

/**
 * Usage in which the input's total includes what was read from the cache and what was written to it
 * (developers.openai.com/api/docs/guides/prompt-caching). Some names are of others who follow OpenAI's form:
 *
 * - `cached_tokens` beside the totals: Moonshot. `prompt_cache_hit_tokens`: DeepSeek, whose `prompt_tokens` is its
 *   sum with `prompt_cache_miss_tokens` (api-docs.deepseek.com/api/create-chat-completion).
 * - `cache_write_tokens`: OpenAI since GPT-5.6, OpenRouter (openrouter.ai/docs/use-cases/usage-accounting).
 * - `cache_creation_tokens`, `cache_creation_input_tokens`, `cache_read_input_tokens`: LiteLLM, whose
 *   `prompt_tokens` is all prompt tokens (docs.litellm.ai/docs/completion/prompt_caching).
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
    const detail = `Cached tokens are part of ${form.input} (${input.tokens}) and cannot be more: ${cacheRead.tokens} read and ${cacheWrite.tokens} written.`;
    reader.reject({ pointer, code: 'cached_tokens', detail });
  }
  return {
    input: uncached,
    output: output.tokens,
    cache_write: cacheWrite.tokens,
    cache_read: cacheRead.tokens,
  };
}

/**
 * OpenAI's output includes reasoning; xAI counts it beside the output, and charges it like output
 * (docs.x.ai/docs/key-information/consumption-and-rate-limits). The total tells which it is.
 */
function readOutput(reader: UsageReader, form: OpenaiForm, input: Count): Count {
  const output = reader.count([form.output]);
  const reasoning = reader.largest(form.outputDetails.map((details) => [details, 'reasoning_tokens']));
  const total = reader.count(['total_tokens']);
  const isBeside = input.tokens + output.tokens + reasoning.tokens === total.tokens;
  return isBeside ? reader.sum([output, reasoning]) : output;
}
