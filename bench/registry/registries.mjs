import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startService } from '../service.mjs';
import { addCopies } from './copies.mjs';
import { MariadbDatabases, sqliteDatabase } from './databases.mjs';
import { seed } from './seed.mjs';

const MODELS = 20;

/** The API creates up to this many providers. It would take minutes for more, so all but ten are copies then. */
const FILLED_BY_API = 100;
const TEMPLATES = 10;

/**
 * The filled registries of one run. Each is created on first use and shared by all cells, so a cell must restore the
 * number of providers and models. Those on MariaDB share one server.
 */
export class Registries {
  #directory;
  #mariadb = null;
  #registries = new Map();

  constructor(directory) {
    this.#directory = directory;
  }

  /** Returns the shared registry of `providers` × 20 models on `mariadb` or `sqlite`. */
  get(engine, providers) {
    const name = `${engine}-${providers}`;
    if (!this.#registries.has(name)) this.#registries.set(name, this.create(engine, name, providers));
    return this.#registries.get(name);
  }

  /** Creates a registry for one cell. `name` becomes the name of its directory. */
  async create(engine, name, providers) {
    const directory = join(this.#directory, name);
    await mkdir(directory);
    const database = engine === 'mariadb' ? await this.#createOnMariadb() : sqliteDatabase(directory);
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
    const registries = await Promise.allSettled(this.#registries.values());
    for (const { value } of registries) value?.close();
    await (await this.#mariadb)?.stop();
  }

  async #createOnMariadb() {
    this.#mariadb ??= MariadbDatabases.start();
    return (await this.#mariadb).create();
  }
}
