import { TOKEN_KINDS, type TokenKind, UNIT_KINDS } from '../price-kinds';
import { OUTPUTS } from './openai-usage';
import type { TokenUsage } from './token-usage';
import type { UsageReader } from './usage-reader';
import type { CountedTokens } from './vendor-counts';

const NO_TOKENS = Object.fromEntries(TOKEN_KINDS.map((kind) => [kind, 0])) as Record<TokenKind, number>;

/** The fields of a usage by kind. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  ...TOKEN_KINDS,
  ...UNIT_KINDS,
  'service_tier',
  'inference_geo',
  'speed',
  'cost',
  'cost_in_usd_ticks',
]);

const BILLED = [
  'billed_units/input_tokens',
  'billed_units/output_tokens',
  'billed_units/image_tokens',
  'billed_units/search_units',
];

/** Fields of Cohere's usage. */
export const COHERE_FIELDS = [...BILLED, 'tokens/input_tokens', 'tokens/output_tokens'];

/** Creates a reading of the kinds that have tokens. */
export function tokensOf(tokens: Partial<TokenUsage>): CountedTokens {
  return { tokens: { ...NO_TOKENS, ...tokens }, reasoning: 0, assumed: false };
}

/**
 * Reads tokens by kind, the form of Caret's own responses. Their reasoning is beside the output. An unknown field is an
 * error, because it may be a misspelt kind, or the usage may be another product's.
 */
export function readOwnUsage(reader: UsageReader): CountedTokens {
  if (reader.names.some((name) => !OWN_NAMES.has(name))) {
    const detail = `Unknown field. The fields of a usage by kind are ${[...OWN_NAMES].join(', ')}. Send the usage of a vendor as the vendor returned it.`;
    reader.reject({ pointer: reader.pointer, code: 'unknown_field', detail });
  }
  const tokens = Object.fromEntries(TOKEN_KINDS.map((kind) => [kind, reader.count(kind).tokens]));
  const output = reader.sum([reader.count('output'), reader.count('output_reasoning')]).tokens;
  const reasoning = reader.count('output_reasoning').tokens;
  return { ...tokensOf({ ...tokens, output, output_reasoning: 0 }), reasoning };
}

/**
 * Reads Cohere's usage, and `meta` of its embeddings and rerankers (docs.cohere.com/reference/chat). Cohere charges
 * `billed_units`, not `tokens`, which include its own prompts. Images are beside the text.
 */
export function readCohereUsage(reader: UsageReader): CountedTokens {
  const billed = reader.hasAny(BILLED) ? 'billed_units' : 'tokens';
  // A server that copies Cohere's form may leave out the output. A reranker, which bills searches, has none.
  const isStated = reader.hasAny([`${billed}/output_tokens`, 'billed_units/search_units']);
  const output = isStated
    ? reader.count(`${billed}/output_tokens`)
    : reader.largest(['tokens/output_tokens', ...OUTPUTS]);
  const counted = tokensOf({
    input: reader.count(`${billed}/input_tokens`).tokens,
    output: output.tokens,
    input_image: reader.count(`${billed}/image_tokens`).tokens,
  });
  return { ...counted, assumed: !isStated && output.tokens > 0 };
}

/**
 * Reads a total without parts, as embeddings and rerankers have it: Voyage, Jina, vLLM. All of it is input. Voyage's
 * multimodal models count images and videos in the total, but not in `text_tokens`. Both cost the same.
 */
export function readTotalUsage(reader: UsageReader): CountedTokens | null {
  const total = reader.largest(['total_tokens', 'total_token_count']);
  const text = reader.count('text_tokens');
  // OpenRouter states the tokens, too, but Cohere charges only search units.
  if (reader.count('search_units').tokens > 0) return tokensOf({});
  const hasPixels = reader.hasAny(['image_pixels', 'video_pixels']);
  if (!hasPixels) return tokensOf({ input: total.tokens });
  if (text.tokens <= total.tokens) {
    const kind = reader.count('image_pixels').tokens > 0 ? 'input_image' : 'input_video';
    return tokensOf({ input: text.tokens, [kind]: total.tokens - text.tokens });
  }
  const detail = `Must not be less than its parts. They have ${text.tokens} tokens of text.`;
  reader.reject({ pointer: total.pointer, code: 'range', detail });
  return null;
}
