import { type Dialect, ENDPOINTS } from './endpoint';

/** The routes of the vendors' APIs, by the first part of their path after `/v1/`, that are not routes of Caret's own API. */
const VENDOR_ROUTES = new Set([
  'assistants',
  'audio',
  'batches',
  'chat',
  'completions',
  'containers',
  'conversations',
  'edits',
  'embeddings',
  'engines',
  'evals',
  'files',
  'fine_tuning',
  'images',
  'messages',
  'models',
  'moderations',
  'organization',
  'organizations',
  'realtime',
  'rerank',
  'responses',
  'skills',
  'threads',
  'uploads',
  'vector_stores',
  'videos',
]);

/** Headers by which an SDK of the vendors shows itself. */
const SDK_HEADER = /^(?:anthropic-version|x-api-key|x-stainless-.+)$/;

const TOLERANT = new Set([
  'models',
  ...ENDPOINTS.filter(({ isTolerant }) => isTolerant).map(({ path }) => path),
]);

/** Returns the paths of an endpoint for a base URL with `/v1`, without it, and with a second one. */
export function spellingsOf(path: string, isTolerant: boolean): readonly string[] {
  return isTolerant ? [`/v1/${path}`, `/v1/v1/${path}`, `/${path}`] : [`/v1/${path}`];
}

/**
 * Returns the form of errors on a path of the gateway, or null for any other path. A path that Caret does not serve is one
 * of the gateway if a vendor serves it, or if an SDK of a vendor requests it.
 *
 * @param isServed whether Caret has a route with this path
 */
export function findDialect(
  url: string,
  headers: Readonly<Record<string, unknown>>,
  isServed: boolean,
): Dialect | null {
  const [path = ''] = url.split('?', 1);
  const [, version, rest = ''] = /^\/(v1\/(?:v1\/)?)?(.*)$/s.exec(path) ?? [];
  const [first = ''] = rest.split('/', 1);
  const isOfVendor = version === undefined ? TOLERANT.has(rest) : VENDOR_ROUTES.has(first);
  if (!isOfVendor && (isServed || !isFromSdk(headers))) return null;
  if (first === 'messages') return 'anthropic';
  const isOfOpenai = first === 'chat' || first === 'responses' || first === 'embeddings';
  return !isOfOpenai && headers['anthropic-version'] !== undefined ? 'anthropic' : 'openai';
}

function isFromSdk(headers: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(headers).some((name) => SDK_HEADER.test(name));
}
