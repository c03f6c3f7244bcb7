import { randomUUID } from 'node:crypto';
import { validate, version } from 'uuid';
import { wallClock } from './timestamp';

/** Ids of one millisecond. */
const MAX_SEQUENCE = 0xfff;

let lastMs = 0;
let sequence = 0;

/**
 * Creates a lower-case UUIDv7 with a sequence number after its time (RFC 9562, section 6.2), so that ids of one process
 * sort by creation. Its 62 random bits come from Node's UUIDs, which share a call of the random generator.
 */
export function newId(): string {
  const now = wallClock();
  if (now > lastMs) {
    lastMs = now;
    sequence = 0;
  } else if (sequence < MAX_SEQUENCE) sequence += 1;
  else {
    lastMs += 1;
    sequence = 0;
  }
  const time = lastMs.toString(16).padStart(12, '0');
  const place = sequence.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${place}-${randomUUID().slice(19)}`;
}

/** Whether `text` is a lower-case UUIDv7, the only form of Caret's ids. */
export function isId(text: string): boolean {
  return validate(text) && version(text) === 7 && text === text.toLowerCase();
}

/** Returns the time of a UUIDv7 (RFC 9562, section 5.7), in epoch milliseconds. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
