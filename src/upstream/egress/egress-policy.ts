import { Inject, Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { DomainError } from '../../common/domain-error';
import { EGRESS_CONFIG, type EgressAllowEntry, type EgressConfig } from '../../config/egress-allow';
import { canonicaliseAddress, classifyAddress, isInNetwork } from './address-class';
import { getPort, normaliseHost } from './destination';
import { OwnEndpoints } from './own-endpoints';

/** Suffixes of names on this host, in this network or in this cluster. */
const INTERNAL_SUFFIXES = ['.localhost', '.local', '.internal', '.svc'];
const METADATA_NAMES = new Set(['metadata.google.internal', 'metadata.goog']);
/** The first port that `local` mode opens. Lower ports belong to the system. */
const FIRST_USER_PORT = 1024;

/**
 * Decides which destinations a URL from a user may reach. Checks names and addresses only; the guarded connector
 * resolves and connects. Denials throw `egress_denied`, and their text never contains an address.
 */
@Injectable()
export class EgressPolicy {
  /** True in `strict` mode: a denied name looks unreachable, so that callers cannot map the internal network. */
  readonly hidesDeniedNames: boolean;
  private readonly allow: readonly EgressAllowEntry[];
  private readonly own: OwnEndpoints;

  constructor(@Inject(EGRESS_CONFIG) private readonly config: EgressConfig) {
    this.hidesDeniedNames = config.mode === 'strict';
    this.allow = config.mode === 'strict' ? [] : config.allow;
    this.own = new OwnEndpoints(config.ownEndpoints);
  }

  /** Denies an endpoint that is known only after the service listens. */
  denyOwnEndpoint(endpoint: EgressConfig['ownEndpoints'][number]): void {
    this.own.add(endpoint);
  }

  /** Checks a base URL before it is stored, without network access: literal addresses and internal names. */
  checkAtSave(url: URL): void {
    this.checkHost(normaliseHost(url.hostname), getPort(url), [
      { pointer: '/base_url', code: 'egress_denied', detail: DENIED },
    ]);
  }

  /** Checks a name or a literal address before resolution. */
  checkHost(host: string, port: number, errors?: DomainError['errors']): void {
    const permitted = ipaddr.isValid(host)
      ? this.permitsAddress(host, port, host)
      : this.permitsName(host, port);
    if (!permitted) throw egressDenied(errors);
  }

  /** Checks an address that `hostname` resolved to or that a socket is connected to. */
  checkAddress(address: string, port: number, hostname: string): void {
    if (!this.permitsAddress(address, port, hostname)) throw egressDenied();
  }

  /** Returns the names of Caret's own endpoints on this port. Resolve them for {@link checkNotOwn}. */
  listOwnNames(port: number): readonly string[] {
    return this.own.listNames(port);
  }

  /** Denies an address that a name from {@link listOwnNames} resolved to. */
  checkNotOwn(address: string, port: number, ownAddresses: readonly string[]): void {
    const canonical = canonicaliseAddress(address);
    const isOwn = ownAddresses.some((own) => canonicaliseAddress(own) === canonical);
    if (isOwn && !this.allowsAddress(address, port)) throw egressDenied();
  }

  /** Only a literal address in EGRESS_ALLOW opens an address of class `never` or an own endpoint. */
  private allowsAddress(address: string, port: number): boolean {
    const canonical = canonicaliseAddress(address);
    return this.allow.some(
      (entry) => entry.kind === 'address' && entry.port === port && entry.address === canonical,
    );
  }

  private permitsAddress(address: string, port: number, hostname: string): boolean {
    if (this.allowsAddress(address, port)) return true;
    if (this.own.includesAddress(address, port)) return false;
    const addressClass = classifyAddress(address);
    if (addressClass === 'never') return false;
    if (addressClass === 'global') return true;
    if (addressClass === 'local' && this.config.mode === 'local' && port >= FIRST_USER_PORT) return true;
    return this.allowsName(hostname, port) || this.allowsNetwork(address, port);
  }

  private permitsName(host: string, port: number): boolean {
    if (this.own.includesName(host, port)) return false;
    if (this.allowsName(host, port)) return true;
    if (METADATA_NAMES.has(host)) return false;
    if (this.config.mode === 'local' && port >= FIRST_USER_PORT) return true;
    return host.includes('.') && !INTERNAL_SUFFIXES.some((suffix) => host.endsWith(suffix));
  }

  private allowsNetwork(address: string, port: number): boolean {
    return this.allow.some(
      (entry) =>
        entry.kind === 'network' && entry.port === port && isInNetwork(address, entry.address, entry.prefix),
    );
  }

  private allowsName(host: string, port: number): boolean {
    return this.allow.some(
      (entry) =>
        entry.port === port &&
        ((entry.kind === 'name' && entry.name === host) ||
          (entry.kind === 'suffix' && host.endsWith(entry.suffix))),
    );
  }
}

const DENIED =
  'Caret may not call this address. Use another base_url, or allow it with EGRESS_MODE or EGRESS_ALLOW. EGRESS_MODE=local allows private addresses on ports from 1024.';

function egressDenied(errors?: DomainError['errors']): DomainError {
  return new DomainError('invalid', 'egress_denied', DENIED, { errors });
}
