import { BuildQueue, type Requester } from './build-queue';
import { ResponseBudget, TrialEnded } from './response-budget';

/** Large responses of one account that may wait. */
const MAX_WAITING = 64;

/**
 * Builds the large responses of each account one at a time, so that one caller cannot fill the memory with them. Requests
 * for the same response share a build that starts after they arrive, so no response is older than its request.
 */
export class LargeResponses {
  private readonly builds = new Map<string, BuildQueue>();
  private readonly trials = new Map<string, BuildQueue>();

  /**
   * `build` may run twice: as a trial, which ends when the response turns out to be large, and in its turn. It serves every
   * requester with the same key. So the key contains all that the response depends on, and nothing else: a caller could
   * otherwise request one response under many keys. See `BuildQueue` for null and the errors.
   */
  async run<T>(
    requester: Requester,
    key: string | null,
    build: (budget: ResponseBudget) => Promise<T>,
  ): Promise<T> {
    requester.signal.throwIfAborted();
    const { accountId } = requester;
    if (!this.builds.get(accountId)?.has(key)) {
      try {
        return await this.runTrial(requester, key, build);
      } catch (error) {
        if (!(error instanceof TrialEnded)) throw error;
      }
      requester.signal.throwIfAborted();
    }
    return queueOf(this.builds, accountId, MAX_WAITING).run(requester, key, (assertWanted) =>
      build(ResponseBudget.full(assertWanted)),
    );
  }

  /** A trial takes a while too, so those of an account that requests large responses run one at a time. */
  private runTrial<T>(
    requester: Requester,
    key: string | null,
    build: (budget: ResponseBudget) => Promise<T>,
  ): Promise<T> {
    const { accountId, signal } = requester;
    const trial = (assertWanted: () => void): Promise<T> => build(ResponseBudget.trial(assertWanted));
    const isBusy = this.builds.has(accountId) || this.trials.has(accountId);
    return isBusy
      ? queueOf(this.trials, accountId, Infinity).run(requester, key, trial)
      : trial(() => signal.throwIfAborted());
  }

  /** Builds a response that a cache shares between the tokens of an account, whoever asked for it first. */
  runForCache<T>(accountId: string, build: (budget: ResponseBudget) => Promise<T>): Promise<T> {
    return this.run({ accountId, tokenId: '', signal: new AbortController().signal }, null, build);
  }
}

function queueOf(queues: Map<string, BuildQueue>, accountId: string, maxWaiting: number): BuildQueue {
  let queue = queues.get(accountId);
  if (!queue) {
    queue = new BuildQueue(maxWaiting, () => queues.delete(accountId));
    queues.set(accountId, queue);
  }
  return queue;
}
