import { EventEmitter, once } from 'node:events';
import { LRUCache } from 'lru-cache';
import { InFlightLimit } from '../../common/in-flight-limit';
import { isLocalhost } from '../../common/is-localhost';
import { type LookupContext, type ResolvedAddress } from './host-resolver';
import { HostsFile } from './hosts-file';
import { type LookupOptions, NameLookup } from './name-lookup';

const MAX_PER_ACCOUNT = 2;
const MAX_PER_PROCESS = 32;
/** Less than the limit of a caller, so that a query for IPv6 that gets no response does not fail one for IPv4. */
const LOOKUP_LIMIT_MS = 4000;
const FAILURE_MS = 5000;
const MAX_FAILURES = 10_000;
const LOOPBACK: readonly ResolvedAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

export interface NameResolverOptions extends Partial<LookupOptions> {
  readonly hostsFile?: string;
  /** Milliseconds for which a failure is cached. */
  readonly failureMs?: number;
}

/**
 * Resolves names by the hosts file, then by the name servers, without search domains. Slow names of one account cannot
 * delay those of another: each account has at most two lookups in progress, one as places run out, and its further names
 * wait. Concurrent callers of a name share one lookup. `localhost` and its subdomains are loopback (RFC 6761 section 6.3).
 */
export class NameResolver {
  private readonly lookups = new Map<string, NameLookup>();
  private readonly failures: LRUCache<string, Error>;
  private readonly limit = new InFlightLimit(MAX_PER_ACCOUNT, MAX_PER_PROCESS);
  private readonly places = new EventEmitter().setMaxListeners(0);
  private readonly hosts: HostsFile;
  private readonly options: LookupOptions;

  constructor({ hostsFile = '/etc/hosts', failureMs = FAILURE_MS, ...options }: NameResolverOptions = {}) {
    this.hosts = new HostsFile(hostsFile);
    this.failures = new LRUCache({ max: MAX_FAILURES, ttl: failureMs });
    this.options = { limitMs: LOOKUP_LIMIT_MS, ...options };
  }

  async resolve(name: string, { accountId, signal }: LookupContext): Promise<readonly ResolvedAddress[]> {
    if (isLocalhost(name)) return LOOPBACK;
    const listed = await this.hosts.find(name);
    if (listed.length > 0) return listed;
    for (;;) {
      signal.throwIfAborted();
      const failure = this.failures.get(name);
      if (failure) throw failure;
      const lookup = this.findLookup(name) ?? this.start(name, accountId);
      if (lookup) return lookup.join(signal);
      await once(this.places, 'free', { signal });
    }
  }

  private findLookup(name: string): NameLookup | null {
    const lookup = this.lookups.get(name);
    return lookup && !lookup.abandoned ? lookup : null;
  }

  /** Returns null if the account or the process has too many lookups in progress. */
  private start(name: string, accountId: string): NameLookup | null {
    const leave = this.limit.tryEnter(accountId);
    if (!leave) return null;
    const lookup = new NameLookup(name, this.options);
    this.lookups.set(name, lookup);
    lookup.result
      // An abandoned lookup says nothing about the name.
      .catch((error: Error) => lookup.abandoned || this.failures.set(name, error))
      .finally(() => {
        if (this.lookups.get(name) === lookup) this.lookups.delete(name);
        leave();
        this.places.emit('free');
      });
    return lookup;
  }
}
