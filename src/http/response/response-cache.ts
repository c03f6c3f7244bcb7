import { LRUCache } from 'lru-cache';
import type { DomainError } from '../../common/domain-error';
import { SingleFlight } from '../../common/single-flight';
import { HttpResponse } from './http-response';
import type { EncodedJson } from './json-writer';

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/** The counters that a response depends on. Each one grows with every change. */
export type Version = readonly number[];

export interface BuiltResponse {
  readonly version: Version;
  /** The error if the response is too large. It is cached too, because finding out takes as long as a response. */
  readonly json: EncodedJson | DomainError;
  readonly headers: Readonly<Record<string, string>>;
}

export interface CachedResponse {
  readonly version: Version;
  readonly response: HttpResponse;
}

interface Entry {
  readonly version: Version;
  readonly result: HttpResponse | DomainError;
}

/**
 * Caches serialized responses of one endpoint by key, usually the account. `maxBytes` bounds all bodies together.
 * Concurrent requests for a key share one build.
 */
export class ResponseCache {
  private readonly responses: LRUCache<string, Entry>;
  private readonly builds = new SingleFlight<string, Entry>();

  constructor(maxBytes = DEFAULT_MAX_BYTES) {
    this.responses = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ result }) => (result instanceof HttpResponse ? (result.body as Buffer).length : 1),
    });
  }

  /**
   * Returns the response at `version`, which the caller has just read, or a newer one. The result is older only when
   * `build` returns an older version. Throws the error that `build` returns or throws.
   */
  async get(key: string, version: Version, build: () => Promise<BuiltResponse>): Promise<CachedResponse> {
    const { version: found, result } = await this.find(key, version, build);
    if (!(result instanceof HttpResponse)) throw result;
    return { version: found, response: result };
  }

  private async find(key: string, version: Version, build: () => Promise<BuiltResponse>): Promise<Entry> {
    const cached = this.responses.get(key);
    // A cached response with a higher version may predate a database restore, so do not serve it.
    if (cached?.version.every((counter, index) => counter === version[index])) return cached;
    const joined = await this.builds.current(key);
    if (joined?.version.every((counter, index) => counter >= version[index]!)) return joined;
    // The build we joined may have started before this version. A second build cannot have.
    return this.builds.run(key, () => this.build(key, build));
  }

  private async build(key: string, build: () => Promise<BuiltResponse>): Promise<Entry> {
    const { version, json, headers } = await build();
    const built = { version, result: 'body' in json ? HttpResponse.of(json, headers) : json };
    this.responses.set(key, built);
    return built;
  }
}
