import ipaddr from 'ipaddr.js';

/** A destination that the operator allows, on one port. */
export type EgressAllowEntry =
  | { readonly kind: 'address'; readonly address: string; readonly port: number }
  | { readonly kind: 'network'; readonly address: string; readonly prefix: number; readonly port: number }
  | { readonly kind: 'name'; readonly name: string; readonly port: number }
  /** `suffix` starts with a dot: `*.example.com` allows the subdomains of example.com and not example.com itself. */
  | { readonly kind: 'suffix'; readonly suffix: string; readonly port: number };

/** The rules for outbound calls. */
export interface EgressConfig {
  readonly mode: 'strict' | 'allow' | 'local';
  /** Used in the modes `allow` and `local`. The mode `strict` ignores it. */
  readonly allow: readonly EgressAllowEntry[];
  /** An http(s) proxy. HTTP_PROXY and similar variables are ignored. */
  readonly proxy: URL | null;
  /** Caret's own database. Denied unless `allow` lists its address as a literal. */
  readonly ownEndpoints: readonly { readonly host: string; readonly port: number }[];
}

/** Injection token of the {@link EgressConfig}. */
export const EGRESS_CONFIG = Symbol('EGRESS_CONFIG');

const NAME = /^(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*$/;
/** WHATWG URL reads a host whose last label has this form as an IPv4 address. */
const NUMERIC_END = /(^|\.)(\d+|0x[0-9a-f]*)$/;

/** Whether a lower-case text is a host name that no URL parser takes for an address. */
export function isHostName(text: string): boolean {
  return NAME.test(text) && text.length <= 253 && !NUMERIC_END.test(text);
}

/**
 * Parses EGRESS_ALLOW: `host:port`, `cidr:port` or `*.suffix:port`, separated by commas, with IPv6 in brackets
 * (`[fd00::1]:8000`, `[fd00::/8]:8000`). Throws an Error that names the entry by its position, never by its text.
 */
export function parseEgressAllow(value: string): readonly EgressAllowEntry[] {
  return value.split(',').map((entry, index) => parseEntry(entry.trim().toLowerCase(), index + 1));
}

function parseEntry(entry: string, position: number): EgressAllowEntry {
  const bad = (what: string) => new Error(`entry ${position} ${what}`);
  const parts = /^(?:\[(?<ipv6>[^\]]*)\]|(?<host>[^[\]:]*)):(?<port>[^:]*)$/.exec(entry)?.groups;
  if (!parts) throw bad('must be host:port, cidr:port or *.suffix:port, with IPv6 in brackets');
  const port = Number(parts.port);
  if (parts.port?.includes('/')) throw bad('must end in its port, without a path');
  if (!/^\d{1,5}$/.test(parts.port ?? '') || port < 1 || port > 65535) {
    throw bad('must end in a port from 1 to 65535');
  }
  if (parts.ipv6 !== undefined) return parseIpv6(parts.ipv6, port, bad);

  const host = parts.host ?? '';
  if (host.includes('/')) {
    if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(host)) throw bad('is not a CIDR such as 10.0.0.0/8');
    return network(host, port);
  }
  if (ipaddr.IPv4.isValidFourPartDecimal(host)) return { kind: 'address', address: host, port };
  const name = host.replace(/^\*\./, '').replace(/\.$/, '');
  if (!/^\p{ASCII}*$/u.test(name)) throw bad('must have its host name in ASCII, as xn--…');
  if (!isHostName(name)) {
    throw bad('has neither a host name, *.suffix, nor an IPv4 address in four decimal parts before the port');
  }
  return host.startsWith('*.') ? { kind: 'suffix', suffix: `.${name}`, port } : { kind: 'name', name, port };
}

function parseIpv6(text: string, port: number, bad: (what: string) => Error): EgressAllowEntry {
  if (text.includes('%')) throw bad('must not have an IPv6 zone');
  if (ipaddr.IPv6.isValidCIDR(text)) return network(text, port);
  if (!ipaddr.IPv6.isValid(text)) throw bad('has no IPv6 address or CIDR between its brackets');
  return { kind: 'address', address: ipaddr.IPv6.parse(text).toString(), port };
}

function network(cidr: string, port: number): EgressAllowEntry {
  const [address, prefix] = ipaddr.parseCIDR(cidr);
  return { kind: 'network', address: address.toString(), prefix, port };
}
