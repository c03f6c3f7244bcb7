import ipaddr from 'ipaddr.js';

/** One destination that the operator opened, for one port. */
export type EgressAllowEntry =
  | { readonly kind: 'address'; readonly address: string; readonly port: number }
  | { readonly kind: 'network'; readonly address: string; readonly prefix: number; readonly port: number }
  | { readonly kind: 'name'; readonly name: string; readonly port: number }
  /** `suffix` starts with a dot: `*.example.com` opens the children of example.com and not itself. */
  | { readonly kind: 'suffix'; readonly suffix: string; readonly port: number };

/** What the upstream module needs to know to judge and make outbound calls. */
export interface EgressConfig {
  readonly mode: 'strict' | 'allow' | 'local';
  /** Consulted in `allow` and `local`; `strict` has no exceptions. */
  readonly allow: readonly EgressAllowEntry[];
  /** An explicit http(s) proxy; proxy variables of the environment are never read. */
  readonly proxy: URL | null;
  /** The service's own port and its database: reached only where `allow` lists their address as a literal. */
  readonly ownEndpoints: readonly { readonly host: string; readonly port: number }[];
}

/** Injection token of the {@link EgressConfig}. */
export const EGRESS_CONFIG = Symbol('EGRESS_CONFIG');

const NAME = /^(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*$/;
/** A last label of this form makes WHATWG URL read the whole host as an IPv4 address. */
const NUMERIC_END = /(^|\.)(\d+|0x[0-9a-f]*)$/;

/**
 * Parses EGRESS_ALLOW: `host:port`, `cidr:port` or `*.suffix:port`, separated by commas; IPv6 in brackets
 * (`[fd00::1]:8000`, `[fd00::/8]:8000`). Throws an Error that names the entry by its position and what is
 * wrong with its form, never its text.
 */
export function parseEgressAllow(value: string): readonly EgressAllowEntry[] {
  return value.split(',').map((entry, index) => parseEntry(entry.trim().toLowerCase(), index + 1));
}

function parseEntry(entry: string, position: number): EgressAllowEntry {
  const bad = (what: string) => new Error(`entry ${position} ${what}`);
  const parts = /^(?:\[(?<ipv6>[^\]]*)\]|(?<host>[^[\]:]*)):(?<port>[^:]*)$/.exec(entry)?.groups;
  if (!parts) throw bad('must be host:port, cidr:port or *.suffix:port, with IPv6 in brackets');
  const port = Number(parts.port);
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
  if (!NAME.test(name) || name.length > 253 || NUMERIC_END.test(name)) {
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
