/** Repeats a text up to a number of bytes of UTF-8. */
const fill = (text: string, bytes: number) => text.repeat(Math.floor(bytes / Buffer.byteLength(text)));

/** One text, then another one, each about half of the bytes. */
const halves = (first: string, second: string) => (bytes: number) =>
  `a${fill(first, bytes / 2 - 1)}${fill(second, bytes / 2)}`;

const only =
  (text: string, start = '', end = '') =>
  (bytes: number) =>
    `${start}${fill(text, bytes - start.length - end.length)}${end}`;

/**
 * Texts of about a number of bytes that cost an algorithm much: normalisation, case folding, segmentation, searches,
 * URL parsing and regular expressions.
 */
export const COSTLY_TEXTS: Readonly<Record<string, (bytes: number) => string>> = {
  // Normalisation sorts by the combining class: 220 before 230.
  'combining marks in the wrong order': halves('\u0300', '\u0316'),
  'combining marks in a host name': (bytes) => `http://${halves('\u0300', '\u0316')(bytes)}.example`,
  'astral marks in the wrong order': halves('\u{1d185}', '\u{1d167}'),
  'characters that expand in NFKC': only('\ufdfa'),
  'characters that expand in NFD': only('\u0390'),
  'conjoining Hangul': only('\u1100\u1161\u11a8'),
  'letters with special case rules': only('İΣßŉ'),
  'joined emoji': only('👩\u200d'),
  keycaps: only('1\ufe0f'),
  'inner spaces': only(' ', 'a', 'b'),
  'no-break spaces': only('\u00a0', '', 'b'),
  'one letter': only('a'),
  'changes of case': only('aB'),
  digits: only('9'),
  'zeros after the point': only('0', '0.', '1'),
  carets: only('^'),
  colons: only(':', '', '/'),
  'steps of a path': only('../%2e/', 'https://x/'),
  labels: only('a.', 'https://'),
  'an address of zeros': only(':0', 'http://[', ']'),
  'parameters with keys': only('key=1&', 'https://x/?'),
  schemes: only('Bearer '),
  'escaped slashes': only('/~1'),
};
