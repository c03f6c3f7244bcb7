/** A JSON pointer one step further (RFC 6901 §3). */
export function pointerTo(pointer: string, key: string | number): string {
  return `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Where a dotted path leads, as a JSON pointer. */
export function pointerOfPath(path: string): string {
  return path.split('.').reduce(pointerTo, '');
}
