import { setImmediate as nextTurn } from 'node:timers/promises';
import { DomainError, isOutage } from '../../common/domain-error';
import { InFlightLimit } from '../../common/in-flight-limit';
import { untilAborted } from '../../common/until-aborted';
import { ClientDisconnected } from '../client-disconnected';

/** Turns of the event loop after which the process has seen that a client left before its request was read. */
const TURNS_TO_SEE_DISCONNECT = 4;

/** Who waits for a response. */
export interface Requester {
  readonly accountId: string;
  readonly tokenId: string;
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal;
}

/** Builds a response. Call `assertWanted` between small pieces of work: it throws if no client waits any more. */
type Work = (assertWanted: () => void) => Promise<unknown>;

interface Build {
  readonly key: string | symbol;
  readonly work: Work;
  readonly requesters: Set<Requester>;
  readonly result: Promise<unknown>;
  readonly resolve: (response: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Gives the place of the build to another one. */
  readonly leave: () => void;
}

/**
 * The builds of one account. One runs at a time, in turns between the tokens, so that no token keeps the others waiting.
 * A build that no client waits for does not start, or stops.
 */
export class BuildQueue {
  private readonly places: InFlightLimit;
  private readonly waiting = new Map<string | symbol, Build>();
  /** The number of the last turn of each token. */
  private readonly lastTurns = new Map<string, number>();
  private turns = 0;
  private isBusy = false;

  /** `maxWaiting` builds may wait, of which a token may have at most as many as it leaves free. */
  constructor(
    maxWaiting: number,
    private readonly onIdle: () => void,
  ) {
    this.places = new InFlightLimit(maxWaiting, maxWaiting);
  }

  /**
   * Requests with the same key share a build that starts after they arrive. Without a key it is neither shared nor
   * rejected. Throws 429 if too many builds wait.
   */
  async run<T>(requester: Requester, key: string | null, work: Work): Promise<T> {
    const build = (key !== null && this.waiting.get(key)) || this.add(requester, key, work);
    build.requesters.add(requester);
    try {
      return (await untilAborted(build.result, requester.signal)) as T;
    } finally {
      build.requesters.delete(requester);
      if (build.requesters.size === 0) this.remove(build);
    }
  }

  /** Whether a request with this key would share a build. */
  has(key: string | null): boolean {
    return key !== null && this.waiting.has(key);
  }

  private add({ tokenId }: Requester, key: string | null, work: Work): Build {
    const leave = key === null ? () => undefined : this.places.tryEnter(tokenId);
    if (!leave) throw tooManyLargeResponses();
    const build = createBuild(key ?? Symbol('unshared'), work, leave);
    this.waiting.set(build.key, build);
    if (!this.isBusy) {
      this.isBusy = true;
      void this.work();
    }
    return build;
  }

  private remove(build: Build): void {
    if (this.waiting.get(build.key) === build) this.waiting.delete(build.key);
    build.leave();
  }

  private async work(): Promise<void> {
    for (;;) {
      for (let turn = 0; turn < TURNS_TO_SEE_DISCONNECT; turn += 1) await nextTurn();
      const build = this.takeNext();
      if (build === null) break;
      await this.execute(build);
    }
    this.isBusy = false;
    this.onIdle();
  }

  /** Takes the first build of the token whose last turn is the longest ago. */
  private takeNext(): Build | null {
    let next: { readonly build: Build; readonly tokenId: string; readonly turn: number } | null = null;
    for (const build of this.waiting.values()) {
      for (const { tokenId } of build.requesters) {
        const turn = this.lastTurns.get(tokenId) ?? 0;
        if (next === null || turn < next.turn) next = { build, tokenId, turn };
      }
    }
    if (next === null) return null;
    this.turns += 1;
    this.lastTurns.set(next.tokenId, this.turns);
    this.remove(next.build);
    return next.build;
  }

  private async execute({ work, requesters, resolve, reject }: Build): Promise<void> {
    try {
      const response = await work(() => {
        if (requesters.size === 0) throw new ClientDisconnected();
      });
      resolve(response);
    } catch (error) {
      reject(error);
      // After an outage, those who wait have waited for the database once.
      if (!isOutage(error)) return;
      for (const other of [...this.waiting.values()]) {
        this.remove(other);
        other.reject(error);
      }
    }
  }
}

function createBuild(key: string | symbol, work: Work, leave: () => void): Build {
  let settle!: Pick<Build, 'resolve' | 'reject'>;
  const result = new Promise<unknown>((resolve, reject) => (settle = { resolve, reject }));
  return { key, work, requesters: new Set(), result, ...settle, leave };
}

function tooManyLargeResponses(): DomainError {
  const detail =
    'Too many large responses of this account are waiting. Retry after the seconds in Retry-After, and send fewer concurrent requests.';
  return new DomainError('rate_limited', 'request.too_many_large_responses', detail, {
    retryAfterSeconds: 1,
  });
}
