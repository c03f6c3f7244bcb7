/** Counts a header, named in lower case, in Node's alternating names and values. `headers` has only the first value. */
export function countHeader(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const other = rawHeaders[index]!;
    if (other.length === name.length && other.toLowerCase() === name) count++;
  }
  return count;
}
