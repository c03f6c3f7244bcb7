import ipaddr from 'ipaddr.js';

/**
 * - `global`: globally reachable unicast.
 * - `local`: loopback, RFC 1918, unique local (RFC 4193).
 * - `special`: every other range of the IANA special-purpose registries.
 * - `never`: cloud metadata, link-local, multicast, "this network", and IPv6 addresses that contain one of these.
 */
export type AddressClass = 'global' | 'local' | 'special' | 'never';

/** The only block from which IANA assigns global unicast addresses (RFC 4291). */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/** Metadata services and host agents outside 169.254.0.0/16: AWS and Google over IPv6, Alibaba, Azure, Oracle. */
const METADATA_IPV6 = [ipaddr.IPv6.parseCIDR('fd00:ec2::/32'), ipaddr.IPv6.parseCIDR('fd20:ce::254/128')];
const METADATA_IPV4 = new Set(['100.100.100.200', '168.63.129.16', '192.0.0.192']);

const NEVER_RANGES = new Set(['linkLocal', 'multicast', 'unspecified', 'broadcast']);
const LOCAL_RANGES = new Set(['loopback', 'private', 'uniqueLocal']);

/** Classifies an IP address in text form. Invalid text is `never`. */
export function classifyAddress(text: string): AddressClass {
  if (text.includes('%') || !ipaddr.isValid(text)) return 'never';
  const address = ipaddr.parse(text);
  return address instanceof ipaddr.IPv4 ? classifyIpv4(address) : classifyIpv6(address);
}

/** Returns the canonical spelling of an address, for comparison. Returns invalid text unchanged. */
export function canonicaliseAddress(text: string): string {
  return ipaddr.isValid(text) ? ipaddr.parse(text).toString() : text;
}

/** Returns whether an address is in a network. Addresses of different families never match. */
export function isInNetwork(text: string, network: string, prefix: number): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  const base = ipaddr.parse(network);
  return address.kind() === base.kind() && address.match(base, prefix);
}

function classifyIpv4(address: ipaddr.IPv4): AddressClass {
  const range = address.range();
  if (NEVER_RANGES.has(range) || METADATA_IPV4.has(address.toString())) return 'never';
  if (range === 'unicast') return 'global';
  return LOCAL_RANGES.has(range) ? 'local' : 'special';
}

function classifyIpv6(address: ipaddr.IPv6): AddressClass {
  const range = address.range();
  if (NEVER_RANGES.has(range) || METADATA_IPV6.some((network) => address.match(network))) return 'never';
  if (LOCAL_RANGES.has(range)) return 'local';
  if (range === 'ipv4Mapped' || address.match(NAT64)) {
    const inner = classifyIpv4(new ipaddr.IPv4(address.toByteArray().slice(12)));
    return inner === 'global' ? 'special' : 'never';
  }
  if (!address.match(GLOBAL_IPV6)) return 'never';
  return range === 'unicast' ? 'global' : 'special';
}
