const MAX_QUOTED = 80;

/** A value as JSON for a person to read, cut where it grows long. */
export function quoted(value: unknown): string {
  return cut(JSON.stringify(value) ?? String(value), MAX_QUOTED);
}

/** Never cuts a surrogate pair in two. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
