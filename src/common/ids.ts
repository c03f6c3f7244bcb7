import { v7, validate, version } from 'uuid';

/** Creates a lower-case UUIDv7. Ids of one process sort by creation. */
export function newId(): string {
  return v7();
}

/** Whether `text` is a lower-case UUIDv7, the only form of Caret's ids. */
export function isId(text: string): boolean {
  return validate(text) && version(text) === 7 && text === text.toLowerCase();
}

/** Returns the time of a UUIDv7 (RFC 9562, section 5.7), in epoch milliseconds. */
export function timeOfId(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
