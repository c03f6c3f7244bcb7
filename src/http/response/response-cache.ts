import { LRUCache } from 'lru-cache';
import { SingleFlight } from '../../common/single-flight';
import { etagOfText } from './etag';
import { HttpResponse } from './http-response';

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/** The counters that a response depends on. Each one grows with every change. */
export type Version = readonly number[];

export interface BuiltResponse {
  readonly version: Version;
  /** JSON in UTF-8. */
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface CachedResponse {
  readonly version: Version;
  readonly response: HttpResponse;
}

/**
 * Caches serialized responses of one endpoint by key, usually the account. `maxBytes` bounds all bodies together.
 * Concurrent requests for a key share one build.
 */
export class ResponseCache {
  private readonly responses: LRUCache<string, CachedResponse>;
  private readonly builds = new SingleFlight<string, CachedResponse>();

  constructor(maxBytes = DEFAULT_MAX_BYTES) {
    this.responses = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ response }) => (response.body as Buffer).length,
    });
  }

  /**
   * Returns the response at `version`, which the caller has just read, or a newer one. The result is older only when
   * `build` returns an older version.
   */
  async get(key: string, version: Version, build: () => Promise<BuiltResponse>): Promise<CachedResponse> {
    const cached = this.responses.get(key);
    // A cached response with a higher version may predate a database restore, so do not serve it.
    if (cached?.version.every((counter, index) => counter === version[index])) return cached;
    const joined = await this.builds.current(key);
    if (joined?.version.every((counter, index) => counter >= version[index]!)) return joined;
    // The build we joined may have started before this version. A second build cannot have.
    return this.builds.run(key, () => this.build(key, build));
  }

  private async build(key: string, build: () => Promise<BuiltResponse>): Promise<CachedResponse> {
    const { version, body, headers } = await build();
    const built = { version, response: new HttpResponse(body, headers, etagOfText(body)) };
    this.responses.set(key, built);
    return built;
  }
}
