import type { IncomingHttpHeaders } from 'node:http';
import { wallClock } from '../common/timestamp';

/** A longer wait is of no use to a client. */
const MAX_SECONDS = 86_400;

/**
 * Returns the seconds of `Retry-After` (RFC 9110, section 10.2.3), rounded up, or null. A date counts from the upstream's
 * own `Date`, because its clock may differ. OpenAI and Azure also send `Retry-After-Ms`.
 */
export function findRetryAfterSeconds(headers: IncomingHttpHeaders): number | null {
  const text = readHeader(headers, 'retry-after');
  const ms = readHeader(headers, 'retry-after-ms');
  if (text !== null && /^\d+(\.\d+)?$/.test(text)) return toSeconds(Number(text));
  if (ms !== null && /^\d+(\.\d+)?$/.test(ms)) return toSeconds(Number(ms) / 1000);
  const date = text === null ? NaN : Date.parse(text);
  if (Number.isNaN(date)) return null;
  return toSeconds((date - readSentAt(headers)) / 1000);
}

/** Returns when the upstream sent a response by its own clock, or else the time of this process, in epoch milliseconds. */
export function readSentAt(headers: IncomingHttpHeaders): number {
  const sentAt = Date.parse(readHeader(headers, 'date') ?? '');
  return Number.isNaN(sentAt) ? wallClock() : sentAt;
}

function toSeconds(seconds: number): number {
  return Math.min(MAX_SECONDS, Math.max(1, Math.ceil(seconds)));
}

/** Returns the first value of a header, trimmed. */
export function readHeader(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  const text = Array.isArray(value) ? value[0] : value;
  return text === undefined ? null : text.trim();
}
