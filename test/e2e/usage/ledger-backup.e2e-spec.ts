import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecord, splitRecord } from '../../../src/usage/fixtures/usage-records';
import { UsageLedger } from '../../../src/usage/usage-ledger';
import { startTestApp, type TestApp } from '../../support/app/app';
import { runInProcess } from '../../support/app/command-in-process';
import { engine } from '../../support/database/database';
import { eventually } from '../../support/eventually';
import { readUsageRows } from '../../support/gateway/usage-rows';

(engine === 'sqlite' ? describe : describe.skip)('a backup of a service with a ledger', () => {
  let app: TestApp;
  let directory: string;
  let copy: string;
  let target: string;
  const record = createRecord();
  const ENCRYPTION_KEYS = `k:${randomBytes(32).toString('base64')}`;

  beforeAll(async () => {
    app = await startTestApp({ env: { ENCRYPTION_KEYS } });
    await new Promise<void>((resolve) => app.app.get(UsageLedger).settle(...splitRecord(record), resolve));
    await eventually('the row is loaded', async () => (await readUsageRows(app.database)).length === 1);
  });
  afterAll(() => app.stop());

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'caret-ledger-'));
    [copy, target] = [join(directory, 'copy'), join(directory, 'data')];
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const backup = () => runInProcess(app.env, 'backup', copy);
  const restore = () => runInProcess({ DATA_DIR: target, ENCRYPTION_KEYS }, 'restore', copy);

  it('writes the ledger beside it, and restores both', async () => {
    const { output, error } = await backup();
    expect([error, output]).toEqual([null, expect.stringContaining(`The ledger is in ${copy}.usage.`)]);
    expect(await readdir(directory)).toEqual(['copy', 'copy.usage']);
    expect((await stat(`${copy}.usage`)).mode & 0o777).toBe(0o600);
    expect(await restore()).toMatchObject({ error: null });
    expect((await stat(join(target, 'usage.db'))).mode & 0o777).toBe(0o600);
    const env = { DATABASE_URL: `sqlite:${join(target, 'caret.db')}`, DATA_DIR: target };
    const rows = await readUsageRows({ ...app.database, env });
    expect(rows).toMatchObject([{ id: record.id }]);
  });

  it('does not replace an existing copy of the ledger', async () => {
    await writeFile(`${copy}.usage`, 'mine');
    expect((await backup()).error).toContain(`${copy}.usage exists.`);
    expect(await readdir(directory)).toEqual(['copy.usage']);
  });

  it('rejects a damaged copy of the ledger, and restores nothing', async () => {
    await backup();
    await writeFile(`${copy}.usage`, `SQLite format 3\0${'x'.repeat(9000)}`);
    expect((await restore()).error).toContain(`${copy}.usage is not a ledger of Caret, or is damaged.`);
    expect(existsSync(join(target, 'caret.db'))).toBe(false);
  });

  it('restores a backup without a ledger', async () => {
    await backup();
    await rm(`${copy}.usage`);
    expect(await restore()).toMatchObject({ error: null });
    expect(existsSync(join(target, 'usage.db'))).toBe(false);
  });
});
