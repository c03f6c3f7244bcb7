import { DomainError, type FieldError } from '../../common/domain-error';
import { isJsonObject } from '../../common/json-object';
import type { ProviderKind } from '../../upstream/base-url';
import { ANTHROPIC_CACHE_COUNTS, ANTHROPIC_FIELDS, readAnthropicUsage } from './anthropic-usage';
import { CHAT_COMPLETIONS, readOpenaiUsage, RESPONSES } from './openai-usage';
import { TOKEN_KINDS, type TokenUsage } from './token-usage';
import { UsageReader } from './usage-reader';

const TOTALS = {
  chatCompletions: [CHAT_COMPLETIONS.input, CHAT_COMPLETIONS.output],
  responses: [RESPONSES.input, RESPONSES.output],
};
/** Every usage of a vendor has at least one of these. */
const VENDOR_COUNTS = [...TOTALS.chatCompletions, ...TOTALS.responses, ...ANTHROPIC_CACHE_COUNTS];

const ACCEPTED_FORMS =
  'Send one of these forms, with any other fields of the vendor: ' +
  'OpenAI\'s {"prompt_tokens": 2006, "completion_tokens": 300, "prompt_tokens_details": {"cached_tokens": 1920}} ' +
  'and {"input_tokens": 36, "output_tokens": 87, "input_tokens_details": {"cached_tokens": 0}}, ' +
  'Anthropic\'s {"input_tokens": 21, "output_tokens": 393, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 188086}, ' +
  'or {"input": 21, "output": 393, "cache_write": 0, "cache_read": 188086}.';

const NO_TOKENS: TokenUsage = { input: 0, output: 0, cache_write: 0, cache_read: 0 };

/**
 * Converts a vendor's usage object to tokens by kind. The field names determine the form. `kind` decides if a gateway
 * sends the fields of both vendors. An absent or null count is 0, and unknown fields are ignored.
 *
 * @throws DomainError `invalid`, with a pointer to each problem.
 */
export function normaliseUsage(usage: unknown, kind: ProviderKind, pointer = '/usage'): TokenUsage {
  const { tokens, errors } = readUsage(usage, kind, pointer);
  if (errors.length === 0) return tokens;
  const detail = `${errors[0]?.pointer}: ${errors[0]?.detail}`;
  throw new DomainError('invalid', 'validation.failed', detail, { errors });
}

/** Returns the problems of a usage object that is invalid for every kind of provider. */
export function usageProblems(usage: unknown, pointer: string): FieldError[] {
  const { errors } = readUsage(usage, 'openai', pointer);
  return readUsage(usage, 'anthropic', pointer).errors.length > 0 ? errors : [];
}

function readUsage(
  usage: unknown,
  kind: ProviderKind,
  pointer: string,
): { tokens: TokenUsage; errors: FieldError[] } {
  if (!isJsonObject(usage)) {
    const detail = `Must be an object. ${ACCEPTED_FORMS}`;
    return { tokens: NO_TOKENS, errors: [{ pointer, code: 'type', detail }] };
  }
  const reader = new UsageReader(usage, pointer);
  const tokens = readForm(reader, kind, pointer);
  return { tokens, errors: reader.errors };
}

function readForm(reader: UsageReader, kind: ProviderKind, pointer: string): TokenUsage {
  const isOwn = reader.hasAny(TOKEN_KINDS);
  const isVendor = reader.hasAny(VENDOR_COUNTS);
  if (isOwn === isVendor) {
    const what = isOwn ? 'Has fields of two forms.' : 'Has no count of input or output tokens.';
    reader.reject({ pointer, code: 'format', detail: `${what} ${ACCEPTED_FORMS}` });
    return NO_TOKENS;
  }
  if (isOwn) return readOwnUsage(reader);
  if (reader.hasAny(TOTALS.chatCompletions)) return readOpenaiUsage(reader, CHAT_COMPLETIONS);
  const isAnthropic =
    reader.hasAny(ANTHROPIC_FIELDS) && (kind === 'anthropic' || !reader.hasAny(RESPONSES.inputDetails));
  return isAnthropic ? readAnthropicUsage(reader) : readOpenaiUsage(reader, RESPONSES);
}

/** Reads tokens by kind, the form of Caret's own responses. */
function readOwnUsage(reader: UsageReader): TokenUsage {
  const [input, output, cacheWrite, cacheRead] = TOKEN_KINDS.map((kind) => reader.count([kind]).tokens);
  return { input: input ?? 0, output: output ?? 0, cache_write: cacheWrite ?? 0, cache_read: cacheRead ?? 0 };
}
