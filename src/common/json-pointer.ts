/** Appends keys to a JSON pointer (RFC 6901 §3). The empty pointer names the whole document. */
export function jsonPointer(base: string, ...keys: readonly (string | number)[]): string {
  return keys.reduce<string>((pointer, key) => `${pointer}/${escape(String(key))}`, base);
}

function escape(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
