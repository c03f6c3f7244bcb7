import { v7, validate, version } from 'uuid';

/** Creates a lower-case UUIDv7. Ids of one process sort by creation. */
export function newId(): string {
  return v7();
}

/** Whether `text` is a lower-case UUIDv7, the only form of Caret's ids. */
export function isId(text: string): boolean {
  return validate(text) && version(text) === 7 && text === text.toLowerCase();
}
