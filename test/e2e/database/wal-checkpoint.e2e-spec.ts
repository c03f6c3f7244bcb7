import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteDatabase } from '../../../src/database/sqlite-driver';
import { startTestApp, type TestApp } from '../../support/app/app';
import { engine } from '../../support/database/database';
import { eventually } from '../../support/eventually';
import { paced } from '../../support/pace';
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
      // The file may not contain the schema yet.
      return [];
    } finally {
      database.close();
    }
  }

  async function expectInCopy(name: unknown, deadlineMs: number): Promise<void> {
    const isInCopy = async () => (await namesInCopy()).includes(name);
    const { milliseconds, limit } = await paced(() => eventually('the write is in the file', isInCopy));
    expect(milliseconds).toBeLessThan(limit(deadlineMs));
  }

  it('contains a write within 10 seconds', async () => {
    const { name } = await createProvider(app.api);
    await expectInCopy(name, 10_000);
  });

  it('contains a write within 60 seconds while writes go on', async () => {
    const { name } = await createProvider(app.api);
    let isStopped = false;
    const load = (async () => {
      while (!isStopped) await createProvider(app.api);
    })();
    try {
      await expectInCopy(name, 60_000);
    } finally {
      isStopped = true;
      await load;
    }
  });
});
