import { Inject, Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { DomainError } from '../../common/domain-error';
import { EGRESS_CONFIG, type EgressAllowEntry, type EgressConfig } from '../../config/egress-allow';
import { canonicalAddress, classifyAddress, isInNetwork } from './address-class';
import { OwnEndpoints } from './own-endpoints';

/** Names that mean this host, this network or this cluster. */
const INSIDE_SUFFIXES = ['.localhost', '.local', '.internal', '.svc'];
const METADATA_NAMES = new Set(['metadata.google.internal', 'metadata.goog']);
/** In `local` mode, ports below this belong to the system and stay closed. */
const FIRST_USER_PORT = 1024;

/**
 * Which destinations a user-supplied URL may reach. Only form, names and addresses are judged here; resolving
 * names and dialling belong to the guarded connector. A denial is `egress_denied` and never tells an address.
 */
@Injectable()
export class EgressPolicy {
  /** In `strict` a denied name must look like an unreachable one, so that nobody maps the inside by it. */
  readonly hidesDeniedNames: boolean;
  private readonly allow: readonly EgressAllowEntry[];
  private readonly own: OwnEndpoints;

  constructor(@Inject(EGRESS_CONFIG) private readonly config: EgressConfig) {
    this.hidesDeniedNames = config.mode === 'strict';
    this.allow = config.mode === 'strict' ? [] : config.allow;
    this.own = new OwnEndpoints(config.ownEndpoints);
  }

  /** Judges all that can be judged without the network: literal addresses, and names that mean the inside. */
  checkAtSave(url: URL): void {
    this.checkHost(hostOf(url.hostname), portOf(url), [
      { pointer: '/base_url', code: 'egress_denied', detail: DENIED },
    ]);
  }

  /** Judges a host, name or literal, before it is resolved. */
  checkHost(host: string, port: number, errors?: DomainError['errors']): void {
    const permitted = ipaddr.isValid(host)
      ? this.permitsAddress(host, port, host)
      : this.permitsName(host, port);
    if (!permitted) throw egressDenied(errors);
  }

  /** Judges one address that `hostname` resolved to, or that a socket is connected to. */
  checkAddress(address: string, port: number, hostname: string): void {
    if (!this.permitsAddress(address, port, hostname)) throw egressDenied();
  }

  /** Names that own endpoints at that port were given by: to be resolved for {@link checkNotOwn}. */
  ownNamesAt(port: number): readonly string[] {
    return this.own.namesAt(port);
  }

  /** Refuses an address that one of the names of {@link ownNamesAt} resolved to. */
  checkNotOwn(address: string, port: number, ownAddresses: readonly string[]): void {
    const canonical = canonicalAddress(address);
    const isOwn = ownAddresses.some((own) => canonicalAddress(own) === canonical);
    if (isOwn && !this.listsAddress(address, port)) throw egressDenied();
  }

  /** A literal in the list is the one thing that opens what is otherwise never reached. */
  private listsAddress(address: string, port: number): boolean {
    const canonical = canonicalAddress(address);
    return this.allow.some(
      (entry) => entry.kind === 'address' && entry.port === port && entry.address === canonical,
    );
  }

  private permitsAddress(address: string, port: number, hostname: string): boolean {
    if (this.listsAddress(address, port)) return true;
    if (this.own.includesAddress(address, port)) return false;
    const addressClass = classifyAddress(address);
    if (addressClass === 'never') return false;
    if (addressClass === 'global') return true;
    if (addressClass === 'local' && this.config.mode === 'local' && port >= FIRST_USER_PORT) return true;
    return this.listsName(hostname, port) || this.listsNetwork(address, port);
  }

  private permitsName(host: string, port: number): boolean {
    if (this.own.includesName(host, port)) return false;
    if (this.listsName(host, port)) return true;
    if (METADATA_NAMES.has(host)) return false;
    if (this.config.mode === 'local' && port >= FIRST_USER_PORT) return true;
    return host.includes('.') && !INSIDE_SUFFIXES.some((suffix) => host.endsWith(suffix));
  }

  private listsNetwork(address: string, port: number): boolean {
    return this.allow.some(
      (entry) =>
        entry.kind === 'network' && entry.port === port && isInNetwork(address, entry.address, entry.prefix),
    );
  }

  private listsName(host: string, port: number): boolean {
    return this.allow.some(
      (entry) =>
        entry.port === port &&
        ((entry.kind === 'name' && entry.name === host) ||
          (entry.kind === 'suffix' && host.endsWith(entry.suffix))),
    );
  }
}

/** A URL's host as policy and resolver want it: no brackets, no dot of the root. */
export function hostOf(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

/** The port that a URL means, 80 or 443 where it has none. */
export function portOf(url: { readonly protocol: string; readonly port: string }): number {
  return url.port ? Number(url.port) : url.protocol === 'https:' ? 443 : 80;
}

const DENIED = 'This service may not call that address (see EGRESS_MODE and EGRESS_ALLOW).';

function egressDenied(errors?: DomainError['errors']): DomainError {
  return new DomainError('invalid', 'egress_denied', DENIED, { errors });
}
