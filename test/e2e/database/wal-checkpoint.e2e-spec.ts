import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteDatabase } from '../../../src/database/sqlite-driver';
import { startTestApp, type TestApp } from '../../support/app/app';
import { engine } from '../../support/database/database';
import { eventually } from '../../support/eventually';
import { createProvider } from '../../support/registry/factories';

(engine === 'sqlite' ? describe : describe.skip)('caret.db, copied without its write-ahead log', () => {
  let app: TestApp;
  let directory: string;

  beforeAll(async () => {
    app = await startTestApp();
    directory = await mkdtemp(join(tmpdir(), 'caret-copy-'));
  });
  afterAll(async () => {
    await app.stop();
    await rm(directory, { recursive: true });
  });

  async function namesInCopy(): Promise<unknown[]> {
    const copy = join(directory, 'copy.db');
    await copyFile(join(app.env.DATA_DIR!, 'caret.db'), copy);
    const database = new SqliteDatabase(copy);
    try {
      return database
        .prepare('SELECT name FROM providers')
        .all()
        .map(({ name }) => name);
    } catch {
      // Nothing of the schema may be in the file yet.
      return [];
    } finally {
      database.close();
    }
  }

  it('contains a write within 10 seconds', async () => {
    const { name } = await createProvider(app.api);
    await eventually('the write is in the file', async () => (await namesInCopy()).includes(name));
  });

  it('contains a write within 60 seconds while writes go on', async () => {
    const { name } = await createProvider(app.api);
    let isStopped = false;
    const load = (async () => {
      while (!isStopped) await createProvider(app.api);
    })();
    try {
      await eventually('the write is in the file', async () => (await namesInCopy()).includes(name));
    } finally {
      isStopped = true;
      await load;
    }
  });
});
