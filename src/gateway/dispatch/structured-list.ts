/** Formats a String of RFC 8941, section 3.3.3, which may contain visible ASCII only. */
export function structuredString(text: string): string {
  const visible = text.replace(/[^\x20-\x7e]/g, '?');
  return `"${visible.replace(/["\\]/g, '\\$&')}"`;
}

/** Formats a List of Strings of RFC 8941, section 3.1. */
export function structuredList(texts: readonly string[]): string {
  return texts.map(structuredString).join(', ');
}
