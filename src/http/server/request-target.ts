import { parseUrl } from '../../common/parse-url';

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

/** The characters of RFC 3986. The URL parser would take others, such as a backslash. */
const AUTHORITY = /^[\w.~!$&'()*+,;=:@%[\]-]+$/;

/** Whether the authority of an absolute target is valid. It must not be empty (RFC 9110, section 4.2.1). */
export function hasValidAuthority(target: string): boolean {
  const authority = hostOfTarget(target);
  return authority === undefined || (AUTHORITY.test(authority) && parseUrl(`http://${authority}/`) !== null);
}
