import { fetchResponse } from '../fetch-response.mjs';
import { processorSeconds } from '../process-stats.mjs';

/** Changes one model directly in the database, like another replica, before each request of a single caller. */
export class RegistryWriter {
  #registry;
  #priority = 1000;

  constructor(registry) {
    this.#registry = registry;
  }

  /**
   * Sends one request after another for one window. Only the time of the requests counts. Each response must show the
   * change before it. With `logged`, the change log names the model, so the service reloads only that one.
   */
  async window(program, request, { warmUpSeconds, windowSeconds }, { logged }) {
    await this.#repeat(program, request, warmUpSeconds, logged);
    const before = processorSeconds(program.pid);
    const durations = await this.#repeat(program, request, windowSeconds, logged);
    const processor = processorSeconds(program.pid) - before;
    const total = durations.reduce((sum, duration) => sum + duration, 0) / 1000;
    return {
      requests: durations.length,
      requestsPerSecond: durations.length / total,
      cpuMicroseconds: (processor * 1e6) / durations.length,
      serverBusy: processor / total,
    };
  }

  async #repeat(program, request, seconds, logged) {
    const durations = [];
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      await this.#change(logged);
      const sent = performance.now();
      const { bytes } = await fetchResponse(program, request);
      durations.push(performance.now() - sent);
      if (!bytes.includes(`"priority":${this.#priority},`)) throw new Error(`${request.path}: a stale list`);
    }
    return durations;
  }

  /** Writes the revision last, so that a reader of the new revision finds the change. */
  async #change(logged) {
    const { accountId, modelId } = this.#registry;
    this.#priority += 1;
    await this.#registry.execute('UPDATE provider_models SET priority = ? WHERE id = ?', [
      this.#priority,
      modelId,
    ]);
    if (logged) {
      const sql =
        "INSERT INTO registry_changes (account_id, revision, resource_id, kind) SELECT id, revision + 1, ?, 'model' FROM accounts WHERE id = ?";
      await this.#registry.execute(sql, [modelId, accountId]);
    }
    await this.#registry.execute('UPDATE accounts SET revision = revision + 1 WHERE id = ?', [accountId]);
  }
}
