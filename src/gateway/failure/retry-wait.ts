import { readHeader, readSentAt } from '../../upstream/retry-after';

export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

const MIN_WAIT_MS = 1000;
const MAX_WAIT_MS = 600_000;
/** For a limit whose response does not say when it ends. */
export const DEFAULT_WAIT_MS = 5000;

/**
 * Headers of one dimension of a limit, such as `x-ratelimit-reset-tokens`, `anthropic-ratelimit-requests-reset` and
 * `ratelimit-reset`.
 */
const RESET = /^(?:x-|anthropic-)?ratelimit-(?:[\w-]+-)?reset(?:-[\w-]+)?$/;
/** Longer than the name of any limit. A search in a long name could take quadratic time. */
const MAX_NAME_LENGTH = 100;
const NUMBER = /^\d+(?:\.\d+)?$/;
/** OpenAI's durations, such as `1s`, `6m0s`, `120ms` and `1h2m3.5s`. */
const DURATION = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/;
const DURATION_UNITS = [86_400_000, 3_600_000, 60_000, 1000, 1];
/** Larger numbers of seconds are epoch seconds, and still larger ones epoch milliseconds. */
const MIN_EPOCH_SECONDS = 1e9;
const MIN_EPOCH_MS = 1e11;

/** OpenAI's "Please try again in 6.5s" and Gemini's "Please retry in 30s", for responses without headers. */
const WAIT_WORDS = /\b(?:try again|retry) (?:in|after) (\d{1,9}(?:\.\d{1,9})?) ?(ms|s|m)/i;
const WORD_UNITS = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
]);

/**
 * Returns how long a response asks to wait, in milliseconds from 1 s to 10 min, or null. The largest of `retry-after-ms`,
 * `retry-after` and the resets of the limits that have nothing left.
 */
export function findRetryWait(headers: ResponseHeaders): number | null {
  let waitMs = -1;
  const ms = readHeader(headers, 'retry-after-ms');
  if (ms !== null && NUMBER.test(ms)) waitMs = Number(ms);
  const after = readHeader(headers, 'retry-after');
  if (after !== null) waitMs = Math.max(waitMs, parseWait(after, headers) ?? -1);
  for (const name of Object.keys(headers)) {
    if (!isReset(name) || !isExhausted(headers, name)) continue;
    waitMs = Math.max(waitMs, parseWait(readHeader(headers, name) ?? '', headers) ?? -1);
  }
  return waitMs < 0 ? null : boundWait(waitMs);
}

/** Returns the wait that an error names in its words, in milliseconds from 1 s to 10 min, or null. */
export function findWaitInWords(words: string): number | null {
  const [, amount, unit] = WAIT_WORDS.exec(words) ?? [];
  if (amount === undefined || unit === undefined) return null;
  return boundWait(Number(amount) * WORD_UNITS.get(unit.toLowerCase())!);
}

/** Limits a wait to 1 s to 10 min. */
function boundWait(waitMs: number): number {
  return Math.min(MAX_WAIT_MS, Math.max(MIN_WAIT_MS, Math.ceil(waitMs)));
}

/** Whether an exhausted limit is one of the whole organisation at the upstream, not of one model. */
export function isOrganisationWide(headers: ResponseHeaders): boolean {
  for (const name of Object.keys(headers)) {
    if (!/ratelimit/.test(name)) continue;
    const value = readHeader(headers, name) ?? '';
    if (/-(?:scope|type)$/.test(name) && /^(?:organi[sz]ation|org|account|global|workspace)$/i.test(value))
      return true;
    if (/unified|organi[sz]ation|account/.test(name) && isReset(name) && isExhausted(headers, name))
      return true;
  }
  return false;
}

function isReset(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && RESET.test(name);
}

/** Whether the limit of a reset has nothing left. Anthropic's unified limit says so in a status. */
function isExhausted(headers: ResponseHeaders, reset: string): boolean {
  const remaining = readHeader(headers, reset.replace('reset', 'remaining'));
  if (remaining !== null) return remaining !== '' && Number(remaining) <= 0;
  return readHeader(headers, reset.replace('reset', 'status')) === 'rejected';
}

/** Reads a number of seconds, a duration, an epoch time or a date. Returns milliseconds, or null. */
function parseWait(text: string, headers: ResponseHeaders): number | null {
  if (NUMBER.test(text)) {
    const seconds = Number(text);
    if (seconds >= MIN_EPOCH_MS) return seconds - readSentAt(headers);
    return seconds >= MIN_EPOCH_SECONDS ? seconds * 1000 - readSentAt(headers) : seconds * 1000;
  }
  const duration = text === '' ? null : DURATION.exec(text);
  if (duration) {
    return DURATION_UNITS.reduce((sum, unit, index) => sum + Number(duration[index + 1] ?? 0) * unit, 0);
  }
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : date - readSentAt(headers);
}
