import { DomainError, type FieldError } from '../../common/domain-error';
import { isJsonObject } from '../../common/json-object';
import type { ProviderKind } from '../../upstream/base-url';
import { type PriceEndpoint, TOKEN_KINDS } from '../price-kinds';
import { foreignIterations, readAnthropicUsage } from './anthropic-usage';
import { GEMINI_FIELDS, GEMINI_HALVES, readGeminiUsage } from './gemini-usage';
import {
  ANTHROPIC_FIELDS,
  CHAT,
  hasCacheDetails,
  INPUT_DETAILS,
  INPUT_OUTPUT,
  INPUTS,
  OUTPUT_DETAILS,
  OUTPUTS,
  readTotals,
  TOTALS,
  type UsageForm,
} from './openai-usage';
import { COHERE_FIELDS, readCohereUsage, readOwnUsage, readTotalUsage, tokensOf } from './other-usage';
import { readReportedCost } from './reported-cost';
import type { NormalisedUsage } from './token-usage';
import { hasNestedUsage, hasUnreadTokens, uncountedQuantities } from './uncounted';
import { readModifiers } from './usage-modifiers';
import { UsageReader } from './usage-reader';
import { contradictoryUnits, OWN_UNITS, readOwnUnits, readVendorUnits } from './usage-units';
import type { CountedTokens } from './vendor-counts';

/** What the caller knows about a usage. */
export interface UsageOptions {
  readonly kind: ProviderKind;
  /** Whether the usage may be a part of one, such as a single event of a stream. */
  readonly partial?: boolean;
  /** The endpoint that returned the usage, if it is known. */
  readonly endpoint?: PriceEndpoint;
}

const OWN_FIELDS: readonly string[] = TOKEN_KINDS;
const CHAT_TOTALS = [...CHAT.input, ...CHAT.output];
const INPUT_OUTPUT_TOTALS = [...INPUT_OUTPUT.input, ...INPUT_OUTPUT.output];
const VENDOR_FIELDS = [
  ...CHAT_TOTALS,
  ...INPUT_OUTPUT_TOTALS,
  ...ANTHROPIC_FIELDS,
  ...GEMINI_FIELDS,
  ...COHERE_FIELDS,
  ...TOTALS,
];

/** Endpoints without output. */
const INPUT_ENDPOINTS: ReadonlySet<PriceEndpoint | undefined> = new Set(['embeddings', 'rerank']);

const ACCEPTED_FORMS =
  'Send one of these forms, with any other fields of the vendor: ' +
  'OpenAI\'s {"prompt_tokens": 2006, "completion_tokens": 300, "prompt_tokens_details": {"cached_tokens": 1920}} ' +
  'and {"input_tokens": 36, "output_tokens": 87, "input_tokens_details": {"cached_tokens": 0}}, ' +
  'Anthropic\'s {"input_tokens": 21, "output_tokens": 393, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 188086}, ' +
  'Gemini\'s {"promptTokenCount": 21, "candidatesTokenCount": 393}, Cohere\'s {"billed_units": {"input_tokens": 21}}, ' +
  'or {"input": 21, "output": 393, "cache_write": 0, "cache_read": 188086}.';

const NOT_WHOLE =
  'Is not a whole usage: it has no count of input tokens. Send the usage of the whole response, or "partial": true.';

const BILL_ONLY = "Has no count, only the vendor's bill.";

/**
 * Converts a vendor's usage object to tokens by kind, units, modifiers and the vendor's bill. The field names determine
 * the form. `kind` decides if a gateway sends the fields of both vendors. An absent or null count is 0.
 *
 * @throws DomainError `invalid`, with a pointer to each problem.
 */
export function normaliseUsage(usage: unknown, options: UsageOptions, pointer = '/usage'): NormalisedUsage {
  const { reading, errors } = readUsage(usage, options, pointer);
  if (reading !== null) return reading;
  const detail = `${errors[0]?.pointer}: ${errors[0]?.detail}`;
  throw new DomainError('invalid', 'validation.failed', detail, { errors });
}

/** Returns the problems of a usage object that is invalid for every kind of provider, even as a part of one. */
export function usageProblems(usage: unknown, pointer: string): FieldError[] {
  const { errors } = readUsage(usage, { kind: 'openai', partial: true }, pointer);
  const other = readUsage(usage, { kind: 'anthropic', partial: true }, pointer);
  return other.errors.length > 0 ? errors : [];
}

type Reading = { reading: NormalisedUsage; errors: [] } | { reading: null; errors: FieldError[] };

function readUsage(usage: unknown, options: UsageOptions, pointer: string): Reading {
  if (!isJsonObject(usage)) {
    const detail = `Must be an object. ${ACCEPTED_FORMS}`;
    return { reading: null, errors: [{ pointer, code: 'type', detail }] };
  }
  const reader = new UsageReader(usage, pointer);
  const isVendor = reader.hasAny(VENDOR_FIELDS);
  const isOwn = !isVendor && reader.hasAny([...OWN_FIELDS, ...OWN_UNITS]);
  const counted = isOwn ? readOwnUsage(reader) : readTokens(reader, options, isVendor);
  const units = isOwn ? readOwnUnits(reader) : readVendorUnits(reader);
  const modifiers = readModifiers(reader);
  const reported = readReportedCost(reader);
  const foreign = [...foreignIterations(reader), ...(isOwn ? [] : contradictoryUnits(reader))];
  if (counted === null || reader.errors.length > 0) return { reading: null, errors: reader.errors };
  const unknown = [...foreign, ...uncountedQuantities(reader, counted.tokens)];
  const isBillOnly = !isVendor && !isOwn && unknown.length === 0;
  const uncounted = isBillOnly ? [{ pointer, quantity: null, reason: BILL_ONLY }] : unknown;
  const assumed = counted.assumed || options.partial === true;
  return { reading: { ...counted, units, modifiers, uncounted, reported, assumed }, errors: [] };
}

function readTokens(reader: UsageReader, options: UsageOptions, isVendor: boolean): CountedTokens | null {
  if (isVendor && reader.hasAny(OWN_FIELDS)) return rejectForm(reader, 'Has fields of two forms.');
  if (isVendor) return readVendor(reader, options);
  const hasOther = readReportedCost(reader) !== null || uncountedQuantities(reader, {}).length > 0;
  return hasOther && !hasNestedUsage(reader)
    ? tokensOf({})
    : rejectForm(reader, 'Has no count of input or output tokens.');
}

function readVendor(reader: UsageReader, options: UsageOptions): CountedTokens | null {
  if (reader.hasAny(COHERE_FIELDS)) return readCohereUsage(reader);
  const form = formOf(reader);
  if (form === null) return readTotalOnly(reader, options);
  const hasInput = reader.hasAny([...form.input, ...INPUTS]);
  const hasOutput = reader.hasAny([...form.output, ...OUTPUTS]);
  const isPromptMissing = !hasInput && hasOutput;
  if (isPromptMissing && options.partial !== true) return rejectPart(reader);
  const counted = readForm(reader, form, options, isPromptMissing);
  return counted && { ...counted, assumed: counted.assumed || isPart(form, hasInput, hasOutput, options) };
}

/** Chat completions, embeddings included, and Gemini may omit an output of 0. Other APIs always state both totals. */
function isPart(
  form: UsageForm | typeof GEMINI_HALVES,
  hasInput: boolean,
  hasOutput: boolean,
  { endpoint }: UsageOptions,
): boolean {
  if (!hasInput) return true;
  return form === INPUT_OUTPUT && !hasOutput && !INPUT_ENDPOINTS.has(endpoint);
}

function formOf(reader: UsageReader): UsageForm | typeof GEMINI_HALVES | null {
  if (reader.hasAny(GEMINI_FIELDS.filter((path) => !TOTALS.includes(path)))) return GEMINI_HALVES;
  const isChat = reader.hasAny(CHAT_TOTALS);
  const isOther = reader.hasAny([...INPUT_OUTPUT_TOTALS, ...ANTHROPIC_FIELDS]);
  // A gateway may send the totals of both forms, with 0 in those that it does not use.
  if (isChat && isOther && isZero(reader, CHAT_TOTALS)) return INPUT_OUTPUT;
  if (isChat) return CHAT;
  return isOther ? INPUT_OUTPUT : null;
}

function isZero(reader: UsageReader, paths: readonly string[]): boolean {
  return paths.every((path) => [0, null].includes(reader.peek(path) as number | null));
}

function readForm(
  reader: UsageReader,
  form: UsageForm | typeof GEMINI_HALVES,
  { kind, endpoint }: UsageOptions,
  isPromptMissing: boolean,
): CountedTokens | null {
  const isRestInput = isPromptMissing || INPUT_ENDPOINTS.has(endpoint);
  if (form === GEMINI_HALVES) return readGeminiUsage(reader, isRestInput);
  if (form === CHAT) return readTotals(reader, { excludesCaches: false, isRestInput });
  const isAnthropic = reader.hasAny(ANTHROPIC_FIELDS) && (kind === 'anthropic' || !hasCacheDetails(reader));
  if (isAnthropic) return readAnthropicUsage(reader, isRestInput);
  const outputModality = outputModalityOf(reader, endpoint);
  return readTotals(reader, { excludesCaches: false, isRestInput, outputModality });
}

/**
 * OpenAI's images API states the text and images of its input. Its output is an image, and that of the speech API is
 * audio, unless there are details of the output. A transcription has details of its input.
 */
function outputModalityOf(
  reader: UsageReader,
  endpoint: PriceEndpoint | undefined,
): 'audio' | 'image' | null {
  if (reader.hasAny(OUTPUT_DETAILS)) return null;
  if (endpoint === 'audio' && !reader.hasAny(INPUT_DETAILS)) return 'audio';
  const input = ['input_tokens_details/image_tokens', 'input_tokens_details/text_tokens'];
  const isImage = input.every((path) => reader.hasAny([path])) && !hasCacheDetails(reader);
  return isImage || endpoint === 'images' ? 'image' : null;
}

function readTotalOnly(reader: UsageReader, { partial, endpoint }: UsageOptions): CountedTokens | null {
  const counted = readTotalUsage(reader);
  if (INPUT_ENDPOINTS.has(endpoint)) return counted;
  if (endpoint === undefined && !hasUnreadTokens(reader)) return counted;
  return partial === true ? counted && { ...counted, assumed: true } : rejectPart(reader);
}

function rejectForm(reader: UsageReader, what: string): null {
  reader.reject({ pointer: reader.pointer, code: 'format', detail: `${what} ${ACCEPTED_FORMS}` });
  return null;
}

function rejectPart(reader: UsageReader): null {
  reader.reject({ pointer: reader.pointer, code: 'not_whole', detail: NOT_WHOLE });
  return null;
}
