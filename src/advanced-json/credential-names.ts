import { LRUCache } from 'lru-cache';

/** Words that make any name a credential. */
const WORDS =
  /^(?:auth[nz]?|bearer|cookies?|creds?|hmac|jw[est]|keys?|oauth|otp|pass|passkey|passwd|pat|psk|pw|pwd|sas|sid|sig|tokens?|totp)$/;
/** Parts of longer words, such as `accesstoken`, that make a name a credential. */
const COMPOUNDS =
  /secrets?(?!ar|ion)|passw(?:or)?d|passphrase|passcode|credential|signatures?$|authori[sz]ation$|authentication$|^auth(?!or|entic)|auth$|(?:key|token)(?:s|id|value)?$|^hmac|hmac$|jwt$|cookies?$|creds$|pwd$|^(?:user|db|admin|smtp|proxy|my)pass$|^session(?:id|key)$|connectionstring$/;
/** Words that only end like a credential. */
const OTHER_WORDS = /^(?:monkey|donkey|turkey|turnkey|whiskey|hockey|jockey|lackey|hotkey|joykey)s?$/;
/** Pairs of words that name a credential together. */
const PAIRS =
  /(?:^| )(?:session ids?|connection strings?|client assertion|(?:api|access|private) ?keys?)(?: |$)/;
/** Words that make `token` a unit of text: a limit, a count or an entry of a vocabulary. */
const TOKEN_UNITS =
  /^(?:max|min|num|number|counts?|counter|limits?|budget|total|length|ids|stop|eos|bos|pad|unk|sep|bans?|banned|bad|special|allowed|ignore|skip|add|healing|usage|per|time|remaining|completion|output|input|prompt|reasoning|thinking|cached|logprobs?|bias|type|draft|window)+$/;
/** Words that make `key` a name of data: a cache, a column, an identifier. */
const KEY_NAMES =
  /(?:cache|caching|idempotency|primary|foreign|partition|sort|order|group|row|routing|dedup|dedupe|deduplication|public|translation|object|shard|index)$/;
/** Words after `key` that keep it a credential. In `key_points` and `key_columns`, `key` describes the other word. */
const KEY_PARTS = /^(?:ids?|values?|secrets?|strings?|data|pairs?)$/;
/** Words that keep `tokens` a list of credentials. */
const TOKEN_OWNERS =
  /access|refresh|bearer|auth|api|session|secret|personal|private|user|client|security|device|login/;

/** Separates `key` or `token` from what precedes it in the same word. */
const KEY_OR_TOKEN = /^(.*?)(keys?|tokens?)$/;

/** Between `access` and `Token`, and between `API` and `Key`. */
const CASE_CHANGE = /(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
const NOT_A_LETTER = /\P{L}+/u;

/** Every name of a credential contains one of these. Most names do not, so that they need no splitting. */
const HINTS =
  /auth|bearer|cookie|cred|hmac|jw[est]|key|otp|pass|pat|psk|pw|sas|session|sid|sig|secret|string|token|assertion/i;
const NOT_ASCII = /[^\0-\x7f]/;

/** The longest key that `advanced_json` may contain, in characters. */
export const MAX_KEY_LENGTH = 128;

const MAX_CACHED_NAMES = 10_000;
/** Routing tables ask about the same few names for every model. */
const cached = new LRUCache<string, boolean>({ max: MAX_CACHED_NAMES });

/**
 * Returns whether a header, a query parameter or a key of `advanced_json` is named like a credential. Compares words,
 * which end at a case change and at every character that is not a letter, and the ends of words that are joined:
 * `accessToken`, `access_token` and `accesstoken` name a credential; `tokenizer`, `max_tokens` and `cache_key` do not.
 * Checks only the last `MAX_KEY_LENGTH` characters, because an older version stored longer names.
 */
export function isCredentialName(name: string): boolean {
  const end = name.slice(-MAX_KEY_LENGTH);
  let isCredential = cached.get(end);
  if (isCredential === undefined) cached.set(end, (isCredential = checkName(normalize(end))));
  return isCredential;
}

/** NFKC makes a character up to 18 times as long, so the result is cut too. */
function normalize(name: string): string {
  return NOT_ASCII.test(name) ? name.normalize('NFKC').slice(-MAX_KEY_LENGTH) : name;
}

function checkName(name: string): boolean {
  if (!HINTS.test(name)) return false;
  const parts = name.split(NOT_A_LETTER).filter(Boolean);
  if (checkWords(parts.map((part) => part.toLowerCase()))) return true;
  const words = parts.flatMap((part) => part.split(CASE_CHANGE));
  return words.length > parts.length && checkWords(words.map((word) => word.toLowerCase()));
}

/** Takes time proportional to the length of the name. */
function checkWords(words: readonly string[]): boolean {
  if (PAIRS.test(words.join(' '))) return true;
  const hinted = words.filter((word) => HINTS.test(word));
  const found = hinted.filter(
    (word) => (WORDS.test(word) || COMPOUNDS.test(word)) && !OTHER_WORDS.test(word),
  );
  if (found.length === 0) return false;
  const [first, second] = words;
  const isAdjective = first === 'key' && second !== undefined && !KEY_PARTS.test(second);
  const namesData = isAdjective || words.some((word) => KEY_NAMES.test(word));
  const hasOwner = words.some((word) => TOKEN_OWNERS.test(word));
  const isUnit = words.some((word) => TOKEN_UNITS.test(word));
  return found.some((word) => {
    const [, prefix = '', stem] = KEY_OR_TOKEN.exec(word) ?? [];
    if (stem === undefined) return true;
    if (stem.startsWith('key')) return !namesData && !KEY_NAMES.test(prefix);
    if (hasOwner) return true;
    return stem === 'token' && !isUnit && !TOKEN_UNITS.test(prefix);
  });
}
