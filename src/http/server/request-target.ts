/** A request target in absolute form (RFC 9112, section 3.2.2). */
const ABSOLUTE = /^https?:\/\/([^/?#]*)/i;

/** Returns the path and query of a request target, so that other code need not know the absolute form. */
export function toOriginForm(target: string): string {
  if (target.startsWith('/')) return target;
  const [absolute] = ABSOLUTE.exec(target) ?? [];
  if (absolute === undefined) return target;
  const path = target.slice(absolute.length);
  return path.startsWith('/') ? path : `/${path}`;
}

/** Returns the host in a request target, or undefined. It takes precedence over the header (RFC 9112, section 3.2.2). */
export function hostOfTarget(target: string): string | undefined {
  return target.startsWith('/') ? undefined : ABSOLUTE.exec(target)?.[1];
}
