import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startService } from '../service.mjs';
import { addCopies } from './copies.mjs';
import { MariadbDatabases, sqliteDatabase } from './databases.mjs';
import { seed } from './seed.mjs';

const MODELS = 20;

/** So many providers are filled through the API; beyond it, where that would take minutes, all but ten are copies. */
const FILLED_BY_API = 100;
const TEMPLATES = 10;

/**
 * The filled registries of one run: each is made when it is first asked for, and shared by all cells, so a cell leaves
 * as many providers and models as it found. MariaDB's are databases of one server.
 */
export class Registries {
  #directory;
  #mariadb = null;
  #made = new Map();

  constructor(directory) {
    this.#directory = directory;
  }

  /** `providers` × 20 models on `mariadb` or `sqlite`. */
  get(engine, providers) {
    const name = `${engine}-${providers}`;
    if (!this.#made.has(name)) this.#made.set(name, this.make(engine, name, providers));
    return this.#made.get(name);
  }

  /** One that no other cell has; `name` is its directory's. */
  async make(engine, name, providers) {
    const directory = join(this.#directory, name);
    await mkdir(directory);
    const database = engine === 'mariadb' ? await this.#onMariadb() : sqliteDatabase(directory);
    const bootstrapToken = randomBytes(32).toString('hex');
    const env = { ...database.env, DATA_DIR: directory, BOOTSTRAP_TOKEN: bootstrapToken };
    const registry = { ...database, directory, env, providers };
    const byApi = providers > FILLED_BY_API ? TEMPLATES : providers;
    const service = await startService(registry);
    try {
      Object.assign(registry, await seed(service.url, bootstrapToken, { providers: byApi, models: MODELS }));
    } finally {
      await service.stop();
    }
    if (byApi < providers) await addCopies(registry, byApi, providers);
    return registry;
  }

  async close() {
    const made = await Promise.allSettled(this.#made.values());
    for (const { value } of made) value?.close();
    await (await this.#mariadb)?.stop();
  }

  async #onMariadb() {
    this.#mariadb ??= MariadbDatabases.start();
    return (await this.#mariadb).create();
  }
}
