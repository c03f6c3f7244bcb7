import { agreedTotal } from './agreed-total';
import { type Count, largestOf, type UsageReader } from './usage-reader';
import { type CountedTokens, countTokens, type ModalityCount, type VendorCounts } from './vendor-counts';

/** The names of the totals of an API. */
export interface UsageForm {
  readonly input: readonly string[];
  readonly output: readonly string[];
}

/** Chat completions, legacy completions, embeddings, and nearly every compatible endpoint. */
export const CHAT: UsageForm = { input: ['prompt_tokens'], output: ['completion_tokens'] };

/**
 * Responses, images, transcriptions, and the Realtime API. Anthropic's and Bedrock's totals have the same names. Bedrock's
 * invocation metrics say `inputTokenCount`.
 */
export const INPUT_OUTPUT: UsageForm = {
  input: ['input_tokens', 'input_token_count'],
  output: ['output_tokens', 'output_token_count'],
};

export const TOTALS = ['total_tokens', 'total_token_count'];

/** The names of an input and of an output in both forms. A gateway may send both, or one of each. */
export const INPUTS = [...CHAT.input, ...INPUT_OUTPUT.input];
export const OUTPUTS = [...CHAT.output, ...INPUT_OUTPUT.output];

/** The details of an input. Some vendors use the totals of one API with the details of another, or the singular. */
export const INPUT_DETAILS = [
  'prompt_tokens_details',
  'prompt_token_details',
  'input_tokens_details',
  'input_token_details',
];

/** The details of an output. */
export const OUTPUT_DETAILS = [
  'completion_tokens_details',
  'completion_token_details',
  'output_tokens_details',
  'output_token_details',
];

/**
 * The names of cache reads, in the details or beside the totals: OpenAI, then DeepSeek, Anthropic, Bifrost and Envoy AI
 * Gateway, LiteLLM, Mistral, Codex, OpenAI's Usage API, xAI's first API, Bedrock's invocation metrics.
 */
export const READS = [
  'cached_tokens',
  'prompt_cache_hit_tokens',
  'cache_read_input_tokens',
  'cached_read_tokens',
  'cache_read_tokens',
  'num_cached_tokens',
  'cached_input_tokens',
  'input_cached_tokens',
  'cached_prompt_text_tokens',
  'cache_read_input_token_count',
] as const;

/**
 * The names of cache writes, in the details or beside the totals: OpenAI and OpenRouter, then Anthropic and Qwen, LiteLLM,
 * new-api, Bifrost and Envoy AI Gateway, Bedrock.
 */
export const WRITES = [
  'cache_write_tokens',
  'cache_creation_input_tokens',
  'cache_creation_tokens',
  'cached_creation_tokens',
  'cached_write_tokens',
  'cache_write_input_tokens',
  'cache_write_input_token_count',
] as const;

/** Writes by lifetime: Anthropic and Qwen, LiteLLM. LangChain's `cache_creation` is the number of all writes. */
const LIFETIMES = ['cache_creation', 'cache_creation_token_details'] as const;

/** LangChain's details have names without `_tokens`. */
const SHORT = { read: 'cache_read', write: 'cache_write', reasoning: 'reasoning' } as const;

/** The names of reasoning, in the details or beside the totals. Codex says `reasoning_output_tokens`. */
export const REASONING = [
  'reasoning_tokens',
  'reasoning_output_tokens',
  'thinking_tokens',
  'thought_tokens',
] as const;

/**
 * Fields that only Perplexity's usages have. Its completion and its total exclude reasoning
 * (docs.perplexity.ai/guides/pricing, "Sonar Deep Research").
 */
const PERPLEXITY_FIELDS = [
  'citation_tokens',
  'num_search_queries',
  'search_context_size',
  'cost/reasoning_tokens_cost',
];

/** Fields that only usages have whose input excludes cached tokens. */
export const ANTHROPIC_FIELDS = [
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'cache_creation',
  'iterations',
  'cache_write_input_tokens',
  'cache_details',
  'cache_read_input_token_count',
  'cache_write_input_token_count',
];

interface Reading {
  readonly excludesCaches: boolean;
  /** The path of the sampling to read, such as an item of `iterations`. */
  readonly base?: string;
  /** Whether what only the total counts is input. */
  readonly isRestInput?: boolean;
  /** The modality of the whole output, as in OpenAI's images and speech APIs. */
  readonly outputModality?: 'audio' | 'image' | null;
}

/**
 * Reads a usage with totals and details. The details are part of the totals
 * (developers.openai.com/api/docs/guides/prompt-caching), except where the total shows something else.
 */
export function readTotals(reader: UsageReader, reading: Reading): CountedTokens | null {
  const counted = countTokens(reader, vendorCounts(reader, reading));
  return counted && { ...counted, assumed: counted.assumed || isReasoningUndecided(reader, reading) };
}

/** Whether the details of the input state cached tokens, so that the input includes them. */
export function hasCacheDetails(reader: UsageReader): boolean {
  return reader.hasAny(inside(INPUT_DETAILS, [...READS, SHORT.read, ...WRITES, SHORT.write]));
}

function vendorCounts(
  reader: UsageReader,
  { excludesCaches, base = '', isRestInput = false, outputModality = null }: Reading,
): VendorCounts {
  const at = (names: readonly string[]): Count =>
    reader.largest(names.flatMap(inBothEndings).map((name) => base + name));
  const input = (...names: readonly string[]): Count => at(inside(INPUT_DETAILS, names));
  const output = (...names: readonly string[]): Count => at(inside(OUTPUT_DETAILS, names));
  const modality = (name: string): ModalityCount => ({
    all: largestOf([input(`${name}_tokens`, name), at([`prompt_${name}_tokens`, `input_${name}_tokens`])]),
    cached: input(`cached_tokens_details/${name}_tokens`, `cached_${name}_tokens`),
  });
  const outputModal = (name: string): Count =>
    largestOf([output(`${name}_tokens`, name), at([`completion_${name}_tokens`, `output_${name}_tokens`])]);
  const cacheRead = largestOf([input(...READS, SHORT.read), at(READS)]);
  const { write, write1h } = cacheWrites(reader, base);
  const detailed = output(...REASONING, SHORT.reasoning);
  const besides = at(REASONING);
  const prompt = agreedTotal(
    reader,
    [at(CHAT.input), at(INPUT_OUTPUT.input)],
    [reader.sum([cacheRead, write])],
  );
  const reasoning = largestOf([detailed, besides]);
  const completion = agreedTotal(reader, [at(CHAT.output), at(INPUT_OUTPUT.output)], [reasoning]);
  const none = { pointer: reader.pointer, tokens: 0 };
  // Details are always part of the completion or its total. Without them, Perplexity's reasoning is beside both.
  const isSeparate = detailed.tokens === 0 && base === '' && reader.hasAny(PERPLEXITY_FIELDS);
  const seconds = reader.peek('prompt_audio_seconds');
  const hasAudioSeconds = base === '' && typeof seconds === 'number' && seconds > 0;
  return {
    prompt,
    completion,
    total: base === '' ? reader.largest(TOTALS) : none,
    cacheRead,
    cacheWrite: write,
    cacheWrite1h: write1h,
    reasoning: isSeparate ? none : reasoning,
    separateReasoning: isSeparate ? besides : none,
    toolPrompt: none,
    citation: reader.count(`${base}citation_tokens`),
    inputAudio: modality('audio'),
    inputImage: modality('image'),
    inputVideo: modality('video'),
    outputAudio: outputModality === 'audio' ? completion : outputModal('audio'),
    outputImage: outputModality === 'image' ? completion : outputModal('image'),
    excludesCaches,
    restKind: isRestInput ? 'input' : hasAudioSeconds ? 'input_audio' : null,
  };
}

/**
 * Whether reasoning beside the totals may or may not be part of the completion: SGLang and the AI SDK include it, xAI's
 * first API does not. A total decides, and so does more reasoning than completion, which is an assumption anyway.
 */
function isReasoningUndecided(reader: UsageReader, { base = '' }: Reading): boolean {
  const at = (name: string): number => reader.count(base + name).tokens;
  if (at('reasoning_tokens') === 0 || reader.largest(TOTALS).tokens > 0) return false;
  return !reader.hasAny([...PERPLEXITY_FIELDS, ...inside(OUTPUT_DETAILS, [...REASONING, SHORT.reasoning])]);
}

/** The counts by lifetime contain the same tokens, so the larger one applies. */
function cacheWrites(reader: UsageReader, base: string): { write: Count; write1h: Count } {
  const lifetimes = [...LIFETIMES, ...inside(INPUT_DETAILS, LIFETIMES)].map((name) => base + name);
  const isNumber = (path: string): boolean => typeof reader.peek(path) === 'number';
  const containers = [
    ...lifetimes.filter((path) => !isNumber(path)),
    ...INPUT_DETAILS.map((name) => base + name),
  ];
  const write5m = largestOf([
    reader.largest(inside(containers, ['ephemeral_5m_input_tokens'])),
    reader.count(`${base}claude_cache_creation_5_m_tokens`),
    bedrockWrites(reader, base, [null, '5m']),
  ]);
  const write1h = largestOf([
    reader.largest(inside(containers, ['ephemeral_1h_input_tokens'])),
    reader.count(`${base}claude_cache_creation_1_h_tokens`),
    bedrockWrites(reader, base, ['1h']),
  ]);
  const byLifetime = reader.sum([write5m, write1h]);
  const whole = reader.largest([
    ...[...inside(INPUT_DETAILS, [...WRITES, SHORT.write]), ...WRITES].map((name) => base + name),
    ...lifetimes.filter(isNumber),
  ]);
  return { write: byLifetime.tokens > whole.tokens ? byLifetime : whole, write1h };
}

/** Bedrock lists its writes by lifetime, one or several times each: `[{ "ttl": "1h", "inputTokens": 100 }]`. */
function bedrockWrites(reader: UsageReader, base: string, lifetimes: readonly unknown[]): Count {
  const items = reader
    .items(`${base}cache_details`)
    .filter((item) => lifetimes.includes(reader.peek(`${item}/ttl`)));
  return reader.sum(items.map((item) => reader.count(`${item}/input_tokens`)));
}

/** Microsoft's libraries say `cachedInputTokenCount` for `cachedInputTokens`. */
function inBothEndings(name: string): string[] {
  return name.endsWith('_tokens') ? [name, name.replace(/_tokens$/, '_token_count')] : [name];
}

/** The paths of names inside of containers. */
export function inside(containers: readonly string[], names: readonly string[]): string[] {
  return containers.flatMap((container) => names.map((name) => `${container}/${name}`));
}
