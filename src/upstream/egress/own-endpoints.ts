import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';
import { isLocalhost } from '../../common/is-localhost';
import type { EgressConfig } from '../../config/egress-allow';
import { canonicaliseAddress } from './address-class';
import { normaliseHost } from './destination';

/** Caret's own HTTP port and its database. An upstream call to them would reach them from inside the network. */
export class OwnEndpoints {
  private readonly endpoints: EgressConfig['ownEndpoints'][number][] = [];

  constructor(endpoints: EgressConfig['ownEndpoints']) {
    for (const endpoint of endpoints) this.add(endpoint);
  }

  add({ host, port }: EgressConfig['ownEndpoints'][number]): void {
    this.endpoints.push({ host: normaliseHost(host), port });
  }

  /** Returns whether an address belongs to an endpoint. Ignores endpoints given by name; see {@link listNames}. */
  includesAddress(text: string, port: number): boolean {
    const address = canonicaliseAddress(text);
    return this.listHosts(port).some((host) => {
      if (host === '0.0.0.0' || host === '::') return isLoopback(address) || isOnThisHost(address);
      if (host === 'localhost' || isLoopback(host)) return isLoopback(address);
      return canonicaliseAddress(host) === address;
    });
  }

  /** Returns whether a name belongs to an endpoint, without resolving it. */
  includesName(name: string, port: number): boolean {
    return this.listHosts(port).some(
      (host) => host === name || (isLocalhost(name) && this.includesAddress('127.0.0.1', port)),
    );
  }

  /** Returns the endpoints given by name on this port. The caller resolves them and compares their addresses. */
  listNames(port: number): readonly string[] {
    return this.listHosts(port).filter((host) => host !== 'localhost' && !ipaddr.isValid(host));
  }

  private listHosts(port: number): readonly string[] {
    return this.endpoints.filter((endpoint) => endpoint.port === port).map(({ host }) => host);
  }
}

function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

function isOnThisHost(address: string): boolean {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .some((own) => canonicaliseAddress(own.address.replace(/%.*$/, '')) === address);
}
