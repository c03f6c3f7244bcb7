const COMMA = ',';
const QUOTE = '"';
const BACKSLASH = '\\';

/**
 * Parses the list of a header (RFC 8941, section 3.1). An item is a quoted string, in which `\"` and `\\` are escapes, or a
 * bare text up to the next comma, without the spaces around it. Returns null if an item is empty or a string is incomplete.
 */
export function parseHeaderList(text: string): string[] | null {
  const items: string[] = [];
  let at = 0;
  for (;;) {
    while (isSpace(text[at])) at++;
    let item = '';
    if (text[at] === QUOTE) {
      for (at++; text[at] !== QUOTE; at++) {
        if (text[at] === BACKSLASH) at++;
        if (at >= text.length) return null;
        item += text[at];
      }
      at++;
      while (isSpace(text[at])) at++;
      if (at < text.length && text[at] !== COMMA) return null;
    } else {
      const comma = text.indexOf(COMMA, at);
      const end = comma === -1 ? text.length : comma;
      item = text.slice(at, end).trim();
      if (item === '' || item.includes(QUOTE)) return null;
      at = end;
    }
    items.push(item);
    if (at >= text.length) return items;
    at++;
  }
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}
