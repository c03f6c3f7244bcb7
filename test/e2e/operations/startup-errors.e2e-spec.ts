import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startTestApp, type TestApp } from '../../support/app/app';
import { ServiceProcess } from '../../support/app/service-process';
import { createProvider } from '../../support/clients/accounts';
import { createTestDatabase, engine, type TestDatabase } from '../../support/database/database';

const BOOTSTRAP_TOKEN = randomBytes(24).toString('hex');
const newKey = (kid: string) => `${kid}:${randomBytes(32).toString('base64')}`;

describe('a start is refused, with the cause and a non-zero exit', () => {
  let database: TestDatabase;
  let env: Record<string, string>;
  const running: ServiceProcess[] = [];
  const replicas: TestApp[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
    env = { ...database.env, BOOTSTRAP_TOKEN, ENCRYPTION_KEYS: newKey('first') };
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((service) => service.kill()));
    await Promise.all(replicas.splice(0).map((replica) => replica.app.close()));
    await database.drop();
  });

  async function start(more: Record<string, string> = {}) {
    const service = await ServiceProcess.start({ ...env, ...more });
    running.push(service);
    return service;
  }

  /** The service in this process, which is faster. */
  async function serve(more: Record<string, string> = {}) {
    const replica = await startTestApp({ database, env: { ...env, ...more } });
    replicas.push(replica);
    return replica;
  }

  /** Leaves a database with a sealed key in it. */
  async function used(more: Record<string, string> = {}) {
    const replica = await serve(more);
    await createProvider(replica.api);
    await replicas.pop()!.app.close();
  }

  async function refusal(more: Record<string, string> = {}): Promise<string> {
    const service = await ServiceProcess.spawn({ ...env, ...more });
    running.push(service);
    expect(await service.exited).toBe(1);
    expect(service.output).not.toContain('listening');
    expect(service.output).not.toContain(BOOTSTRAP_TOKEN);
    expect(service.output).not.toMatch(/^\s+at /m);
    return service.output;
  }

  it('where a key id means another key than before', async () => {
    await used();
    const output = await refusal({ ENCRYPTION_KEYS: newKey('first') });
    expect(output).toContain("'first'");
    expect((await (await serve()).api.get('/readyz')).status).toBe(200);
  });

  it('where a key that is in use is not configured', async () => {
    await used();
    const output = await refusal({ ENCRYPTION_KEYS: newKey('second') });
    expect(output).toContain("'first'");
    expect(output).toContain('not configured');
  });

  it('where a key that is not active means another key than before', async () => {
    const second = newKey('second');
    await used({ ENCRYPTION_KEYS: `${env.ENCRYPTION_KEYS},${second}` });
    const output = await refusal({ ENCRYPTION_KEYS: `${env.ENCRYPTION_KEYS},${newKey('second')}` });
    expect(output).toContain("'second'");
  });

  it.each([
    ['a passphrase', 'first:correct horse battery staple'],
    ['zeros', `first:${Buffer.alloc(32).toString('base64')}`],
    ['no key id', randomBytes(32).toString('base64')],
  ])('where the key is %s, without showing it', async (_case, ENCRYPTION_KEYS) => {
    const output = await refusal({ ENCRYPTION_KEYS });
    expect(output).toMatch(/key/i);
    expect(output).not.toContain(ENCRYPTION_KEYS.split(':').at(-1)!.slice(0, 20));
  });

  it('where variables are not valid: all of them named, none of their values shown', async () => {
    const output = await refusal({
      PORT: 'http',
      EGRESS_MODE: 'open',
      LOG_LEVEL: 'loud',
      BOOTSTRAP_TOKEN: 'too-short-4711',
    });
    for (const name of ['PORT', 'EGRESS_MODE', 'LOG_LEVEL', 'BOOTSTRAP_TOKEN'])
      expect(output).toContain(name);
    expect(output).not.toContain('4711');
  });

  it('where the port is taken', async () => {
    const first = await serve();
    const other = await createTestDatabase();
    try {
      const PORT = new URL(first.url).port;
      expect(await refusal({ ...other.env, PORT })).toContain('PORT');
    } finally {
      await other.drop();
    }
  });

  if (engine === 'sqlite') {
    describe('for an embedded database', () => {
      it('that another process holds, which goes on undisturbed', async () => {
        const first = await serve();
        const output = await refusal();
        expect(output).toContain('in use by another');
        expect(output).toContain(join(env.DATA_DIR!, 'caret.db'));
        expect((await first.api.get('/v1/account')).status).toBe(200);
      });

      it('only until that process is gone, even by kill -9', async () => {
        const first = await start();
        await first.kill();
        const second = await serve();
        expect((await second.api.get('/v1/account')).status).toBe(200);
      });

      it('whose key file is gone, rather than making another key', async () => {
        await used({ ENCRYPTION_KEYS: '' });
        delete env.ENCRYPTION_KEYS;
        await rm(join(env.DATA_DIR!, 'encryption.keys'));
        expect(await refusal()).toContain('key file');
      });
    });
  } else {
    describe('for a database server', () => {
      it('without any key', async () => {
        delete env.ENCRYPTION_KEYS;
        expect(await refusal()).toContain('ENCRYPTION_KEYS');
      });

      it.each<[string, (url: URL) => void, RegExp]>([
        ['a wrong password', (url) => (url.password = 'wrong-4711'), /user or the password/],
        ['an unknown user', (url) => (url.username = 'nobody'), /user or the password/],
        [
          'a database that this user may not see',
          (url) => (url.pathname = '/mysql'),
          /may not use that database/,
        ],
      ])('with %s', async (_case, change, cause) => {
        const url = new URL(env.DATABASE_URL!);
        change(url);
        const output = await refusal({ DATABASE_URL: url.href });
        expect(output).toMatch(cause);
        expect(output).not.toContain('4711');
        expect(output).not.toContain(new URL(env.DATABASE_URL!).password);
      });
    });
  }
});
