import { isOutage } from '../../common/domain-error';
import { ResponseBudget, TrialEnded } from './response-budget';

/**
 * Builds the large responses of each owner one at a time, so that one caller cannot fill the memory with them. Requests
 * for the same response share a build that starts after they arrive, so no response is older than its request.
 */
export class LargeResponses {
  /** The last build of each owner. */
  private readonly last = new Map<string, Promise<unknown>>();
  /** Builds that have not started, by owner and key. */
  private readonly queued = new Map<string, Promise<unknown>>();

  /** `build` may run twice: as a trial, which ends when the response turns out to be large, and in its turn. */
  async run<T>(owner: string, key: string, build: (budget: ResponseBudget) => Promise<T>): Promise<T> {
    try {
      return await build(ResponseBudget.trial());
    } catch (error) {
      if (!(error instanceof TrialEnded)) throw error;
    }
    const name = JSON.stringify([owner, key]);
    const shared = this.queued.get(name) as Promise<T> | undefined;
    return shared ?? this.enqueue(owner, name, () => build(ResponseBudget.full()));
  }

  private enqueue<T>(owner: string, name: string, build: () => Promise<T>): Promise<T> {
    const start = (): Promise<T> => {
      this.queued.delete(name);
      return build();
    };
    const previous = this.last.get(owner);
    // After an outage, those who wait have waited for the database once.
    const skip = (error: unknown): Promise<T> => {
      if (!isOutage(error)) return start();
      this.queued.delete(name);
      throw error;
    };
    const result = previous ? previous.then(start, skip) : Promise.resolve().then(start);
    this.queued.set(name, result);
    this.last.set(owner, result);
    const end = (): void => {
      if (this.last.get(owner) === result) this.last.delete(owner);
    };
    result.then(end, end);
    return result;
  }
}
