import { type RuleShape } from '../rules/rule-shape';
import { type IndexedModel } from './indexed-model';
import { type RoutedHeaders, type RoutedProvider } from './routed-registry';

/** A model without its texts: its objects, and its entries in the indexes and in the list of selectors. */
const BYTES_PER_MODEL = 700;
const BYTES_PER_PROVIDER = 1_000;
/** A tag of one model: an entry in two indexes. */
const BYTES_PER_TAG = 300;
/** An alias of one model: an entry in two indexes, each with its case-folded form. */
const BYTES_PER_ALIAS = 300;
const BYTES_PER_PATH = 150;
const BYTES_PER_TEXT = 24;
/** A compiled rule: the object or the entry of a set that follows a brace, bracket, comma or colon. */
const BYTES_PER_TOKEN = 64;

/** Estimates the memory that a table retains for one model, in bytes. Ignores that models share equal values. */
export function bytesOfModel(model: IndexedModel): number {
  const { residual, foldedName, aliases, tags, advancedText, sealedHeaders, pricingText } = model;
  let bytes = BYTES_PER_MODEL + textBytes(model.model) + textBytes(model.key) + textBytes(advancedText);
  if (foldedName !== model.model) bytes += textBytes(foldedName);
  if (residual !== null) bytes += textBytes(residual.text);
  if (residual !== null && residual.predicate !== null) bytes += BYTES_PER_TOKEN * countTokens(residual.text);
  if (pricingText !== null) bytes += textBytes(pricingText);
  bytes += headersBytes(sealedHeaders);
  for (const alias of aliases) bytes += BYTES_PER_ALIAS + 3 * textBytes(alias);
  for (const tag of tags) bytes += BYTES_PER_TAG + textBytes(tag);
  return bytes;
}

export function bytesOfProvider(provider: RoutedProvider): number {
  const { name, baseUrl, advancedText, sealedApiKey, sealedHeaders } = provider;
  const settings = textBytes(baseUrl) + textBytes(advancedText ?? '');
  const secrets = textBytes(sealedApiKey) + headersBytes(sealedHeaders);
  return BYTES_PER_PROVIDER + 3 * textBytes(name) + settings + secrets;
}

/** A shape has its paths in its name, in the name of its path set, and as texts. */
export function bytesOfShape({ name, pathSet }: RuleShape): number {
  return pathSet === null ? 0 : 3 * textBytes(name) + BYTES_PER_PATH * pathSet.paths.length;
}

function headersBytes(headers: RoutedHeaders | null): number {
  return headers === null ? 0 : BYTES_PER_TOKEN + textBytes(headers.text);
}

/** V8 stores a text with one byte per character if all are Latin-1, otherwise with two. */
function textBytes(text: string): number {
  return BYTES_PER_TEXT + (/[^\0-\xff]/.test(text) ? 2 : 1) * text.length;
}

function countTokens(text: string): number {
  let count = 0;
  for (const character of text) if ('{[,:'.includes(character)) count += 1;
  return count;
}
