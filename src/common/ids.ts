import { randomUUID } from 'node:crypto';
import { validate, version } from 'uuid';
import { wallClock } from './timestamp';

/** The version of the UUID, before the sequence number. */
const VERSION = 0x7000;
/** Ids of one millisecond. */
const MAX_SEQUENCE = 0xfff;

let lastMs = 0;
let sequence = 0;
/** The time of `lastMs`, as ids begin with it. */
let timePart = '';

/**
 * Creates a lower-case UUIDv7 with a sequence number after its time (RFC 9562, section 6.2), so that ids of one process
 * sort by creation. Its 62 random bits come from Node's UUIDs, which share a call of the random generator.
 */
export function newId(): string {
  const now = wallClock();
  if (now > lastMs) beginMillisecond(now);
  else if (sequence === MAX_SEQUENCE) beginMillisecond(lastMs + 1);
  else sequence += 1;
  return `${timePart}${(VERSION + sequence).toString(16)}-${randomUUID().slice(19)}`;
}

function beginMillisecond(ms: number): void {
  const time = ms.toString(16).padStart(12, '0');
  timePart = `${time.slice(0, 8)}-${time.slice(8)}-`;
  lastMs = ms;
  sequence = 0;
}

/** Whether `text` is a lower-case UUIDv7, the only form of Caret's ids. */
export function isId(text: string): boolean {
  return validate(text) && version(text) === 7 && text === text.toLowerCase();
}

/** Returns the time of a UUIDv7 (RFC 9562, section 5.7), in epoch milliseconds. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
