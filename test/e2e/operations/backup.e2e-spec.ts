import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestApp, type TestApp } from '../../support/app/app';
import { runInProcess } from '../../support/app/command-in-process';
import { runCommand, startCommand } from '../../support/app/command-line';
import { ServiceProcess } from '../../support/app/service-process';
import { ApiClient, type Json } from '../../support/clients/api-client';
import { engine } from '../../support/database/database';
import { eventually } from '../../support/eventually';
import { createProvider } from '../../support/registry/factories';

const newKey = () => `k:${randomBytes(32).toString('base64')}`;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'caret-backup-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const path = (name: string) => join(directory, name);

(engine === 'sqlite' ? describe : describe.skip)('backup', () => {
  describe('of a service under load', () => {
    const BOOTSTRAP_TOKEN = randomBytes(24).toString('hex');
    const running: ServiceProcess[] = [];
    afterEach(() => Promise.all(running.splice(0).map((service) => service.kill())));

    async function start(DATA_DIR: string): Promise<ApiClient> {
      const service = await ServiceProcess.start({ DATA_DIR, BOOTSTRAP_TOKEN });
      running.push(service);
      return new ApiClient(await service.listening(), BOOTSTRAP_TOKEN);
    }

    it('contains every write that was acknowledged before it began', async () => {
      const api = await start(path('data'));
      const acknowledged: string[] = [];
      let isStopped = false;
      const writers = [0, 1, 2, 3].map(async (writer) => {
        for (let turn = 0; !isStopped; turn++) {
          const name = `p-${writer}-${turn}`;
          const body = { name, provider: 'openai', api_key: 'sk-0123456789abcdef' };
          expect((await api.post('/v1/llm-providers', body)).status).toBe(201);
          acknowledged.push(name);
        }
      });
      let before: string[];
      try {
        await eventually('writes go on', () => acknowledged.length > 50);
        before = [...acknowledged];
        const result = await runCommand({ DATA_DIR: path('data') }, 'backup', path('copy'), '--with-keys');
        expect(result).toMatchObject({ code: 0, errors: '' });
      } finally {
        isStopped = true;
        await Promise.all(writers);
      }
      expect(acknowledged.length).toBeGreaterThan(before.length);

      const restored = { DATA_DIR: path('restored') };
      expect(await runCommand(restored, 'restore', path('copy'))).toMatchObject({ code: 0, errors: '' });
      const { body } = await (await start(restored.DATA_DIR)).get('/v1/llm-providers');
      const providers = body as Json[];
      const names = new Set(providers.map(({ name }) => String(name)));
      expect(before.filter((name) => !names.has(name))).toEqual([]);
      expect(new Set(providers.map(({ secret_status }) => String(secret_status)))).toEqual(new Set(['ok']));
    });
  });

  describe('of a running service', () => {
    let app: TestApp;
    let env: Record<string, string>;

    beforeAll(async () => {
      app = await startTestApp({ env: { ENCRYPTION_KEYS: '' } });
      env = { ...app.env };
      await createProvider(app.api);
    });
    afterAll(() => app.stop());

    const backup = (...words: string[]) => runInProcess(env, 'backup', ...words);
    const keyFile = () => join(env.DATA_DIR!, 'encryption.keys');

    it('writes one file that only its owner may read', async () => {
      expect(await backup(path('copy'))).toMatchObject({ error: null });
      expect(await readdir(directory)).toEqual(['copy']);
      expect((await stat(path('copy'))).mode & 0o777).toBe(0o600);
    });

    it('says where the keys are', async () => {
      expect((await backup(path('copy'))).output).toContain(`They are in ${keyFile()}.`);
      const inline = await runInProcess({ ...env, ENCRYPTION_KEYS: newKey() }, 'backup', path('second'));
      expect(inline.output).toContain('They are in ENCRYPTION_KEYS.');
    });

    it('writes the keys beside it with --with-keys', async () => {
      const { output } = await backup(path('copy'), '--with-keys');
      expect(output).toContain(`The encryption keys are in ${path('copy.keys')}.`);
      expect((await stat(path('copy.keys'))).mode & 0o777).toBe(0o600);
      expect(await readFile(path('copy.keys'), 'utf8')).toBe(await readFile(keyFile(), 'utf8'));
    });

    it('writes both files although nobody reads its output', async () => {
      const command = await startCommand(env, 'backup', path('copy'), '--with-keys');
      command.closeOutput();
      expect(await command.result).toMatchObject({ code: 1, errors: '' });
      expect(await readdir(directory)).toEqual(['copy', 'copy.keys']);
    });

    it('writes the keys of ENCRYPTION_KEYS with --with-keys', async () => {
      const ENCRYPTION_KEYS = (await readFile(keyFile(), 'utf8')).trim();
      await runInProcess({ ...env, ENCRYPTION_KEYS }, 'backup', path('copy'), '--with-keys');
      expect(await readFile(path('copy.keys'), 'utf8')).toBe(`${ENCRYPTION_KEYS}\n`);
    });

    it.each(['copy', 'copy.keys'])('does not replace an existing file %s', async (existing) => {
      await writeFile(path(existing), 'mine');
      const { error } = await backup(path('copy'), '--with-keys');
      expect(error).toContain(`${path(existing)} exists.`);
      expect(await readdir(directory)).toEqual([existing]);
      expect(await readFile(path(existing), 'utf8')).toBe('mine');
    });

    it('leaves nothing behind if the file cannot be written', async () => {
      await writeFile(path('file'), 'mine');
      const { error } = await backup(path('file/copy'));
      expect(error).toBe(`${path('file/copy')} was not written: ENOTDIR.`);
      expect(await readdir(directory)).toEqual(['file']);
    });

    it('asks for the directory if it does not exist', async () => {
      const { error } = await backup(path('missing/copy'));
      expect(error).toBe(`${path('missing')} does not exist. Create the directory first.`);
      expect(await readdir(directory)).toEqual([]);
    });

    it('names the variable of an invalid key', async () => {
      const { error } = await runInProcess(
        { ...env, ENCRYPTION_KEYS: 'k' },
        'backup',
        path('copy'),
        '--with-keys',
      );
      expect(error).toMatch(/^ENCRYPTION_KEYS: entry 1 is not of the form/);
    });

    it('does not show ENCRYPTION_KEYS_FILE, which may be a key by mistake', async () => {
      const mistaken = { ...env, ENCRYPTION_KEYS_FILE: newKey() };
      const { output } = await runInProcess(mistaken, 'backup', path('copy'));
      expect(output).toContain('They are in the file of ENCRYPTION_KEYS_FILE.');
      const { error } = await runInProcess(mistaken, 'backup', path('second'), '--with-keys');
      expect(error).toBe('There are no encryption keys in the file of ENCRYPTION_KEYS_FILE.');
    });

    it('rejects the keys of another database', async () => {
      const other = { ...env, ENCRYPTION_KEYS: newKey() };
      const { error } = await runInProcess(other, 'backup', path('copy'), '--with-keys');
      expect(error).toMatch(/keys in ENCRYPTION_KEYS are not those of this database/);
      expect(await readdir(directory)).toEqual([]);
    });
  });

  it.each<[string, string, RegExp]>([
    ['an empty file', '', /data\/caret\.db is not a Caret database/],
    ['a text file', 'text', /^caret\.db in DATA_DIR: is not an SQLite database/],
    [
      'a damaged database',
      `SQLite format 3\0${'x'.repeat(9000)}`,
      /data\/caret\.db is not a Caret database, or is damaged/,
    ],
  ])('rejects %s in place of the database', async (_what, content, message) => {
    await mkdir(path('data'));
    await writeFile(path('data/caret.db'), content);
    const { error } = await runInProcess({ DATA_DIR: path('data') }, 'backup', path('copy'));
    expect(error).toMatch(message);
    expect(await readdir(directory)).toEqual(['data']);
  });

  it('says which database is missing, and creates none', async () => {
    const { error } = await runInProcess({ DATA_DIR: path('data') }, 'backup', path('copy'));
    expect(error).toContain(`${path('data/caret.db')} does not exist.`);
    expect(await readdir(directory)).toEqual([]);
  });
});

describe.each([
  ['backup', 'mariadb-dump'],
  ['restore', 'mariabackup'],
])('%s with a database server', (command, tool) => {
  it(`names the tool to use: ${tool}`, async () => {
    const server = { DATABASE_URL: 'mariadb://caret@127.0.0.1:1/caret', ENCRYPTION_KEYS: newKey() };
    const { error } = await runInProcess(server, command, path('copy'));
    expect(error).toContain(tool);
    expect(error).toContain('docs/operations.md');
  });
});
