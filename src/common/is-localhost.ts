/** Returns whether a name is `localhost` or a subdomain of it, which is always loopback (RFC 6761 section 6.3). */
export function isLocalhost(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}
