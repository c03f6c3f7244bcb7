import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';
import type { EgressConfig } from '../../config/egress-allow';
import { canonicalAddress } from './address-class';

/**
 * The service's own port and its database. A caller who could aim an upstream call at them would speak to
 * them from inside.
 */
export class OwnEndpoints {
  private readonly endpoints: EgressConfig['ownEndpoints'];

  constructor(endpoints: EgressConfig['ownEndpoints']) {
    this.endpoints = endpoints.map(({ host, port }) => ({ host: plainHost(host), port }));
  }

  /** Whether an address is one of them. Names that they were given by are for {@link namesAt}. */
  includesAddress(text: string, port: number): boolean {
    const address = canonicalAddress(text);
    return this.at(port).some((host) => {
      if (host === '0.0.0.0' || host === '::') return isLoopback(address) || isOfThisHost(address);
      if (host === 'localhost' || isLoopback(host)) return isLoopback(address);
      return canonicalAddress(host) === address;
    });
  }

  /** Whether a name is one of them without asking the network. */
  includesName(name: string, port: number): boolean {
    const isLocal = name === 'localhost' || name.endsWith('.localhost');
    return this.at(port).some(
      (host) => host === name || (isLocal && this.includesAddress('127.0.0.1', port)),
    );
  }

  /** Host names at that port whose addresses are to be looked up and compared when a call is made. */
  namesAt(port: number): readonly string[] {
    return this.at(port).filter((host) => host !== 'localhost' && !ipaddr.isValid(host));
  }

  private at(port: number): readonly string[] {
    return this.endpoints.filter((endpoint) => endpoint.port === port).map(({ host }) => host);
  }
}

function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

function isOfThisHost(address: string): boolean {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .some((own) => canonicalAddress(own.address.replace(/%.*$/, '')) === address);
}
