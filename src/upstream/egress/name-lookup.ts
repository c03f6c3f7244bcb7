import { Resolver } from 'node:dns/promises';
import { untilAborted } from '../../common/until-aborted';
import { type ResolvedAddress } from './host-resolver';

/** Milliseconds until the first query of a name is sent again. */
const QUERY_TIMEOUT_MS = 2000;
const QUERY_TRIES = 2;

export interface LookupOptions {
  /** Addresses of name servers. Default: those of the system. */
  readonly servers?: readonly string[];
  /** Milliseconds for all queries of a name together. */
  readonly limitMs: number;
}

/**
 * One lookup of a name, shared by all callers that join it. Asks the name servers directly: `getaddrinfo` would take one
 * of the few threads of the process, and nothing could cancel it. Cancels the queries after the last caller has left.
 */
export class NameLookup {
  readonly result: Promise<readonly ResolvedAddress[]>;
  /** True after the last caller has left before the result. */
  abandoned = false;
  private readonly resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
  private callers = 0;
  private ended = false;

  constructor(name: string, { servers, limitMs }: LookupOptions) {
    if (servers) this.resolver.setServers(servers);
    const timer = setTimeout(() => this.resolver.cancel(), limitMs);
    this.result = this.query(name).finally(() => {
      clearTimeout(timer);
      this.ended = true;
    });
  }

  async join(signal: AbortSignal): Promise<readonly ResolvedAddress[]> {
    this.callers++;
    try {
      return await untilAborted(this.result, signal);
    } finally {
      if (--this.callers === 0 && !this.ended) {
        this.abandoned = true;
        this.resolver.cancel();
      }
    }
  }

  /** Returns IPv4 addresses first. If one of the two queries fails, the other one decides. */
  private async query(name: string): Promise<readonly ResolvedAddress[]> {
    const queries = [this.resolver.resolve4(name), this.resolver.resolve6(name)];
    const [ipv4, ipv6] = await Promise.allSettled(queries);
    const found = [...listAddresses(ipv4!, 4), ...listAddresses(ipv6!, 6)];
    if (found.length === 0 && ipv4!.status === 'rejected') throw ipv4!.reason;
    return found;
  }
}

function listAddresses(settled: PromiseSettledResult<string[]>, family: number): ResolvedAddress[] {
  return settled.status === 'fulfilled' ? settled.value.map((address) => ({ address, family })) : [];
}
