import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { parseUrl } from '../common/parse-url';
import { isHostName } from './egress-allow';

/** Parses HOST. */
export function parseListenHost(value: string): string {
  if (isIP(value) || isHostName(value.toLowerCase())) return value;
  throw new Error(
    'must be one address or name of this machine, without scheme or port; 0.0.0.0 or :: means every address',
  );
}

/** Parses EGRESS_PROXY. */
export function parseProxyUrl(value: string): URL {
  const url = parseUrl(value);
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error('must be an http:// or https:// URL with a port from 1 to 65535');
  }
  if (url.pathname !== '/' || url.search || url.hash) throw new Error('must have no path, query or fragment');
  if (url.port === '0') throw new Error('must have a port from 1 to 65535');
  if (!isDecodable(url.username, url.password)) {
    throw new Error('must percent-encode special characters in user and password (% as %25)');
  }
  return url;
}

/** Parses ALLOWED_HOSTS. */
export function parseHostNames(value: string): readonly string[] {
  const names = value.split(',').map((name) => name.trim().toLowerCase());
  if (names.every((name) => isIP(name) || isHostName(name))) return names;
  throw new Error('must be host names or addresses without scheme or port, separated by commas');
}

/** Parses TRUST_PROXY. Fastify's own check would quote the value, and it trusts every peer of a prefix of 0. */
export function parseTrustedProxies(value: string): readonly string[] {
  const entries = value.split(',').map((entry) => entry.trim());
  for (const entry of entries) checkTrustedProxy(entry);
  return entries;
}

function checkTrustedProxy(entry: string): void {
  const [address = '', prefix, ...rest] = entry.split('/');
  const bits = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1;
  const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : NaN;
  if (bits < 0 || rest.length > 0 || !(length <= bits)) {
    throw new Error('must be IP addresses or CIDRs, separated by commas');
  }
  if (length === 0) throw new Error('must not have a prefix of 0, which trusts everybody; name your proxies');
  if (length < 128 && bits === 128 && isIpv4Mapped(address)) {
    throw new Error('must have IPv4 networks in IPv4 form, such as 10.0.0.0/8, not ::ffff:');
  }
}

function isIpv4Mapped(address: string): boolean {
  return ipaddr.IPv6.isValid(address) && ipaddr.IPv6.parse(address).isIPv4MappedAddress();
}

/** Whether every part decodes. Drivers and clients decode these parts, and their errors show the URL. */
export function isDecodable(...parts: readonly string[]): boolean {
  try {
    return parts.map(decodeURIComponent).length > 0;
  } catch {
    return false;
  }
}
