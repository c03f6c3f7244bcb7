import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteDatabase } from '../../../src/database/sqlite-driver';
import { startTestApp, type TestApp } from '../../support/app/app';
import { runInProcess } from '../../support/app/command-in-process';
import type { Json } from '../../support/clients/api-client';
import { createTestDatabase, engine } from '../../support/database/database';
import { createProvider } from '../../support/registry/factories';

const newKey = () => `k:${randomBytes(32).toString('base64')}`;

(engine === 'sqlite' ? describe : describe.skip)('restore', () => {
  let app: TestApp;
  let provider: Json;
  let directory: string;
  let file: string;
  let target: string;

  beforeAll(async () => {
    app = await startTestApp({ env: { ENCRYPTION_KEYS: '' } });
    provider = await createProvider(app.api);
  });
  afterAll(() => app.stop());

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'caret-restore-'));
    [file, target] = [join(directory, 'copy'), join(directory, 'data')];
    expect(await runInProcess(app.env, 'backup', file, '--with-keys')).toMatchObject({ error: null });
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const restore = (more: Record<string, string> = {}) =>
    runInProcess({ DATA_DIR: target, ...more }, 'restore', file);
  const keysOf = (dataDir: string) => join(dataDir, 'encryption.keys');

  async function expectServed(): Promise<void> {
    const database = await createTestDatabase();
    const env = { DATABASE_URL: `sqlite:${join(target, 'caret.db')}`, DATA_DIR: target, ENCRYPTION_KEYS: '' };
    const restored = await startTestApp({ database, env: { ...app.env, ...env } });
    const { body } = await restored.api.get(`/v1/llm-providers/${provider.id}`);
    await restored.stop();
    await database.drop();
    expect(body).toEqual(provider);
    expect(provider.secret_status).toBe('ok');
  }

  async function expectNothingRestored(): Promise<void> {
    expect(await readdir(target).catch(() => [])).toEqual([]);
  }

  it('puts the database and the keys beside it into a new DATA_DIR', async () => {
    const { output, error } = await restore();
    expect(error).toBeNull();
    expect(output).toBe(
      `Restored ${join(target, 'caret.db')}.\nThe encryption keys in ${file}.keys open it.\n`,
    );
    for (const name of ['caret.db', 'encryption.keys']) {
      expect((await stat(join(target, name))).mode & 0o777).toBe(0o600);
    }
    await expectServed();
  });

  it('accepts a key file that is in place already, and keeps it', async () => {
    await mkdir(target);
    await copyFile(keysOf(app.env.DATA_DIR!), keysOf(target));
    await writeFile(`${file}.keys`, newKey(), { mode: 0o600 });
    expect(await restore()).toMatchObject({ error: null });
    await expectServed();
  });

  it('checks the backup with ENCRYPTION_KEYS, and then writes no key file', async () => {
    const ENCRYPTION_KEYS = (await readFile(`${file}.keys`, 'utf8')).trim();
    expect(await restore({ ENCRYPTION_KEYS })).toMatchObject({ error: null });
    expect(await readdir(target)).not.toContain('encryption.keys');
  });

  it.each([0o400, 0o644])('gives the database mode 0600 if the backup has mode %o', async (mode) => {
    await chmod(file, mode);
    expect(await restore()).toMatchObject({ error: null });
    expect((await stat(join(target, 'caret.db'))).mode & 0o777).toBe(0o600);
  });

  it('puts the keys into the file of ENCRYPTION_KEYS_FILE', async () => {
    const ENCRYPTION_KEYS_FILE = join(target, 'keys', 'own.keys');
    expect(await restore({ ENCRYPTION_KEYS_FILE })).toMatchObject({ error: null });
    expect(await readFile(ENCRYPTION_KEYS_FILE, 'utf8')).toBe(await readFile(`${file}.keys`, 'utf8'));
    expect(await readdir(target)).not.toContain('encryption.keys');
  });

  it('creates DATA_DIR for the keys if the database is elsewhere', async () => {
    const DATABASE_URL = `sqlite:${join(directory, 'elsewhere', 'caret.db')}`;
    expect(await restore({ DATABASE_URL })).toMatchObject({ error: null });
    expect(await readdir(target)).toEqual(['encryption.keys']);
  });

  it('removes what a killed restore left', async () => {
    for (const name of ['caret.db', 'encryption.keys']) {
      const draft = join(target, `${name}.tmp-abcdef`);
      await mkdir(draft, { recursive: true });
      await writeFile(join(draft, name), 'half');
    }
    expect(await restore()).toMatchObject({ error: null });
    expect((await readdir(target)).filter((name) => name.includes('tmp'))).toEqual([]);
  });

  it('accepts the lost+found of a new volume', async () => {
    await mkdir(join(target, 'lost+found'), { recursive: true });
    expect(await restore()).toMatchObject({ error: null });
  });

  it.each(['-wal', '-shm', '-journal'])('rejects a %s file of an earlier database', async (suffix) => {
    const database = join(directory, 'earlier', 'caret.db');
    await mkdir(join(directory, 'earlier'));
    await writeFile(`${database}${suffix}`, 'earlier');
    const { error } = await restore({ DATABASE_URL: `sqlite:${database}` });
    expect(error).toContain(`${database}${suffix} exists.`);
    expect(await readdir(join(directory, 'earlier'))).not.toContain('caret.db');
  });

  it('names the source of invalid keys', async () => {
    expect((await restore({ ENCRYPTION_KEYS: 'k' })).error).toMatch(/^ENCRYPTION_KEYS: entry 1 is not/);
    await chmod(`${file}.keys`, 0o644);
    expect((await restore()).error).toMatch(/copy\.keys: the key file has mode 0644/);
  });

  it('accepts a copy of the database file of a stopped service', async () => {
    execute(file, 'PRAGMA journal_mode = WAL');
    expect(await restore()).toMatchObject({ error: null });
    expect(await readdir(target)).toEqual(['caret.db', 'encryption.keys']);
    await expectServed();
  });

  it('says where to put the keys if it finds none', async () => {
    await rm(`${file}.keys`);
    const { output, error } = await restore();
    expect(error).toBeNull();
    expect(output).toContain(`put them into ${keysOf(target)}`);
    await copyFile(keysOf(app.env.DATA_DIR!), keysOf(target));
    await expectServed();
  });

  it('rejects a DATA_DIR that a service uses', async () => {
    expect((await restore({ DATA_DIR: app.env.DATA_DIR! })).error).toMatch(/in use by another Caret process/);
  });

  it.each(['caret.db', 'notes.txt'])('rejects a DATA_DIR that contains %s', async (name) => {
    await mkdir(target);
    await writeFile(join(target, name), 'mine');
    expect((await restore()).error).toMatch(/data is not empty\./);
    expect(await readFile(join(target, name), 'utf8')).toBe('mine');
  });

  it('rejects the keys of another database', async () => {
    expect((await restore({ ENCRYPTION_KEYS: newKey() })).error).toBe(
      'The encryption keys in ENCRYPTION_KEYS are not those of this backup. Set the keys from the time of the backup.',
    );
    await writeFile(`${file}.keys`, newKey(), { mode: 0o600 });
    expect((await restore()).error).toBe(
      `The encryption keys in ${file}.keys are not those of this backup. Set the keys from the time of the backup.`,
    );
    await expectNothingRestored();
  });

  const damages: [string, RegExp, (file: string) => Promise<void> | void][] = [
    ['a missing file', /is not a file/, (backup) => rm(backup)],
    ['an empty file', /is not a Caret database/, (backup) => writeFile(backup, '')],
    ['a text file', /is not a Caret database/, (backup) => writeFile(backup, 'x'.repeat(10_000))],
    ['another SQLite database', /is not a Caret database/, replaceByOther],
    ['a file with overwritten pages', /is damaged/, overwritePages],
    ['rows without their account', /is damaged/, (backup) => execute(backup, 'DELETE FROM accounts')],
    [
      'a database of a newer version',
      /was written by a newer version of Caret/,
      (backup) => execute(backup, `INSERT INTO migrations (timestamp, name) VALUES (9, 'Later9')`),
    ],
    [
      'a database with a write-ahead log',
      /has a write-ahead log beside it/,
      (backup) => writeFile(`${backup}-wal`, 'pages'),
    ],
  ];

  it.each(damages)('rejects %s', async (_what, message, damage) => {
    await damage(file);
    expect((await restore()).error).toMatch(message);
    await expectNothingRestored();
  });
});

function execute(file: string, sql: string): void {
  const database = new SqliteDatabase(file);
  database.exec('PRAGMA foreign_keys = OFF');
  database.exec(sql);
  database.close();
}

async function replaceByOther(file: string): Promise<void> {
  await rm(file);
  execute(file, 'CREATE TABLE notes (text)');
}

async function overwritePages(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes.fill(0xff, 8 * 4096, 12 * 4096);
  await writeFile(file, bytes);
}
