/** Nested objects and arrays, the outermost included. */
export const MAX_JSON_DEPTH = 32;

export type JsonMeasure =
  /** The number of keys, which is exact for valid JSON. */
  { readonly keys: number } | { readonly excess: 'too_deep' | 'too_many_nodes'; readonly offset: number };

/**
 * Counts what `JSON.parse` would build from a text, in one pass that builds nothing. Stops at the offset where the text
 * nests deeper than {@link MAX_JSON_DEPTH} levels or has more than `maxNodes` values. Objects, arrays and scalars are
 * values, keys are not. Does not check the syntax.
 */
export function measureJson(text: string, maxNodes: number): JsonMeasure {
  let depth = 0;
  let nodes = 1;
  let keys = 0;
  let afterOpening = false;
  for (let offset = 0; offset < text.length; offset++) {
    const character = text.charCodeAt(offset);
    if (character === 0x20 || character === 0x0a || character === 0x0d || character === 0x09) continue;
    const closing = character === 0x7d || character === 0x5d;
    if (afterOpening && !closing) nodes++;
    afterOpening = false;
    if (character === 0x22) {
      offset = endOfString(text, offset);
    } else if (character === 0x7b || character === 0x5b) {
      afterOpening = true;
      if (++depth > MAX_JSON_DEPTH) return { excess: 'too_deep', offset };
    } else if (closing) {
      depth--;
    } else if (character === 0x2c) {
      nodes++;
    } else if (character === 0x3a) {
      keys++;
    }
    if (nodes > maxNodes) return { excess: 'too_many_nodes', offset };
  }
  return { keys };
}

function endOfString(text: string, start: number): number {
  let offset = start + 1;
  while (offset < text.length) {
    const character = text.charCodeAt(offset);
    if (character === 0x22) break;
    offset += character === 0x5c ? 2 : 1;
  }
  return offset;
}
