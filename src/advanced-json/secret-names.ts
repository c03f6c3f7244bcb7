/** Headers whose values are public or harmless. The value of every other header is a secret. */
const HARMLESS_HEADERS: ReadonlySet<string> = new Set([
  'accept-language',
  'anthropic-beta',
  'http-referer',
  'openai-beta',
  'openai-organization',
  'openai-project',
  'referer',
  'user-agent',
  'x-title',
]);
const HARMLESS_PREFIX = 'x-client-';

/** Words that name a credential. `tokens` is not one of them, because `max_tokens` is a number. */
const CREDENTIAL_WORDS: ReadonlySet<string> = new Set([
  'apikey',
  'auth',
  'authentication',
  'authorization',
  'bearer',
  'cookie',
  'credential',
  'credentials',
  'jwt',
  'key',
  'keys',
  'oauth',
  'pass',
  'passphrase',
  'passwd',
  'password',
  'passwords',
  'pwd',
  'sas',
  'secret',
  'secrets',
  'sig',
  'signature',
  'token',
  // Words that are written without a separator.
  'accesskey',
  'accesstoken',
  'authtoken',
  'clientsecret',
  'secretkey',
  'sessiontoken',
  'sharedaccesskey',
  'subscriptionkey',
]);

/** Between `access` and `Token`, and between `API` and `Key`. */
const CASE_CHANGE = /(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
const NOT_A_LETTER = /\P{L}+/u;

/** Returns whether a header of `extra_headers` is stored sealed and shown as `"***"`. */
export function isSecretHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return !HARMLESS_HEADERS.has(lower) && !lower.startsWith(HARMLESS_PREFIX);
}

/**
 * Returns whether the name of a query parameter is that of a credential. Compares whole words, which end at a case change
 * and at every character that is not a letter: `accessToken` has the word `token`, `tokenizer` has not.
 */
export function isCredentialName(name: string): boolean {
  return name
    .normalize('NFKC')
    .split(NOT_A_LETTER)
    .flatMap((part) => [part, ...part.split(CASE_CHANGE)])
    .some((word) => CREDENTIAL_WORDS.has(word.toLowerCase()));
}
