/** Not encodings, but sent as such. */
const NO_ENCODINGS: ReadonlySet<string> = new Set(['', 'identity', 'none', 'utf-8', 'utf8']);

/** Returns the encodings of a `content-encoding` header in lower case, joined by `, `. Empty if there is none. */
export function readEncoding(header: string): string {
  const encodings = header.split(',').map((each) => each.trim().toLowerCase());
  return encodings.filter((each) => !NO_ENCODINGS.has(each)).join(', ');
}

/**
 * Returns whether data of encoding `deflate` has the zlib format of RFC 1950, section 2.2: method 8, and a checksum over
 * two bytes. RFC 9110 asks for it, but some servers send raw deflate data, as browsers accept.
 */
export function hasZlibHeader(chunk: Buffer): boolean {
  const [method = 0, flags] = chunk;
  return (method & 0x0f) === 8 && (flags === undefined || (method * 256 + flags) % 31 === 0);
}
