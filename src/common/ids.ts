import { v7, validate, version } from 'uuid';

/** A new UUIDv7 in lower case: ids made by one process sort in the order of their making. */
export function newId(): string {
  return v7();
}

/** Whether `text` is a lower-case UUIDv7, the only form in which Caret hands out ids. */
export function isId(text: string): boolean {
  return validate(text) && version(text) === 7 && text === text.toLowerCase();
}
