import { randomBytes } from 'node:crypto';
import { commands } from '../../../src/cli/commands';
import { startTestApp, type TestApp } from '../../support/app/app';
import { runCommand } from '../../support/app/command-line';
import { createTestDatabase, engine, type TestDatabase } from '../../support/database/database';
import { createProvider } from '../../support/registry/factories';

const newKey = (kid: string) => `${kid}:${randomBytes(32).toString('base64')}`;

describe('npm run cli', () => {
  let database: TestDatabase;
  let env: Record<string, string>;

  beforeEach(async () => {
    database = await createTestDatabase();
    const token = randomBytes(24).toString('hex');
    env = { ...database.env, ENCRYPTION_KEYS: newKey('first'), BOOTSTRAP_TOKEN: token };
  });
  afterEach(() => database.drop());

  const run = (...words: string[]) => runCommand(env, ...words);
  const PROVIDER = { provider: 'openai', name: 'p', api_key: 'sk-cli-0123456789abcdef' };

  /** Runs the service on the same database while `work` runs. */
  async function serving<T>(work: (app: TestApp) => Promise<T>): Promise<T> {
    const app = await startTestApp({ database, env });
    try {
      return await work(app);
    } finally {
      await app.stop();
    }
  }

  it('creates an account with an admin token, and further tokens, which the service accepts', async () => {
    const account = await run('account', 'create', '--name', 'Team Blue');
    expect(account.code).toBe(0);
    const [, id, admin] = /^account (\S+)\ntoken {3}(\S+)$/m.exec(account.output)!;
    expect((await run('account', 'list')).output).toMatch(new RegExp(`^${id}  \\S+Z  Team Blue$`, 'm'));
    const token = await run(
      'token',
      'create',
      '--account',
      id!,
      '--name',
      'ci',
      '--scopes',
      'providers:read',
    );
    expect(token.code).toBe(0);

    await serving(async (app) => {
      const who = await app.clientFor(admin).get('/v1/account');
      expect(who.body).toMatchObject({ id, name: 'Team Blue', token: { scopes: ['admin'] } });
      const reader = app.clientFor(token.output.trim());
      expect((await reader.get('/v1/llm-providers')).status).toBe(200);
      expect((await reader.post('/v1/llm-providers', PROVIDER)).status).toBe(403);
      const { body } = await app.clientFor(admin).get('/v1/audit-events');
      expect(body[0].actor).toEqual({ token_id: null, token_name: 'command line' });
    });
  });

  it('lists the tokens of an account, and revokes one', async () => {
    const account = await run('account', 'create', '--name', 'Team Blue');
    const [, id, admin] = /^account (\S+)\ntoken {3}(\S+)$/m.exec(account.output)!;
    const listed = await run('token', 'list', '--account', id!);
    const line = /^(\S+) {2}created \S+Z {2}used never {2}expires never {2}admin {2}all models {2}admin$/m;
    const [, tokenId] = line.exec(listed.output)!;

    expect(await run('token', 'revoke', '--account', id!, '--token', tokenId!)).toMatchObject({ code: 0 });
    expect(await run('token', 'list', '--account', id!)).toMatchObject({ code: 0, output: '' });
    const again = await run('token', 'revoke', '--account', id!, '--token', tokenId!);
    expect([again.code, again.errors]).toEqual([1, expect.stringContaining('no token with this id')]);
    await serving(async (app) => {
      expect((await app.clientFor(admin).get('/v1/account')).status).toBe(401);
      const events = await database.query<{ action: string; token_name: string }>(
        `SELECT action, token_name FROM audit_events WHERE resource_id = ? ORDER BY id`,
        [tokenId],
      );
      expect(events).toEqual([
        { action: 'token.create', token_name: 'command line' },
        { action: 'token.delete', token_name: 'command line' },
      ]);
    });
  });

  it('re-seals every secret under a new encryption key, after which the old key can be removed', async () => {
    const [first, second] = [env.ENCRYPTION_KEYS!, newKey('second')];
    const id = await serving(async ({ api }) => {
      const headers = { 'X-Gateway-Token': 'gateway-secret-1' };
      const provider = await createProvider(api, { advanced_json: { extra_headers: headers } });
      return provider.id as string;
    });
    const before = await database.query('SELECT sealed_api_key FROM providers');

    env = { ...env, ENCRYPTION_KEYS: `${second},${first}` };
    const rewrap = await run('keys', 'rewrap');
    expect(rewrap.output).toContain("All secrets are under 'second'.");
    expect(rewrap.code).toBe(0);
    expect(await database.query('SELECT sealed_api_key FROM providers')).not.toEqual(before);
    const status = await run('keys', 'status');
    expect(status.output).toMatch(
      /second: active, canary present\n( {2}.*\n)*? {2}providers\.sealed_api_key: 1/,
    );
    expect(status.output).toMatch(/first: decrypt only, canary present\n( {2}\S+: 0\n){4}/);

    env = { ...env, ENCRYPTION_KEYS: second };
    await serving(async ({ api }) => {
      const { body } = await api.get(`/v1/llm-providers/${id}`);
      expect(body.secret_status).toBe('ok');
    });
  });

  it('check exits with 0 for a sound database, and with 1 and the reason for another', async () => {
    await serving(async ({ api }) => {
      const { id } = await createProvider(api);
      await api.post(`/v1/llm-providers/${id}/models`, { model: 'm' });
    });
    expect(await run('check')).toMatchObject({ code: 0 });
    await database.query('UPDATE provider_models SET default_of = NULL');
    const broken = await run('check');
    expect(broken.output).toContain('providers with models but without a default: 1');
    expect(broken.code).toBe(1);
  });

  it('migrates an empty database without creating an account', async () => {
    expect(await run('migrate')).toMatchObject({ code: 0, output: 'The schema is up to date.\n' });
    expect(await database.query('SELECT id FROM accounts')).toEqual([]);
  });

  const missing = '01936b1e-0000-7000-8000-000000000000';

  it('exits with 1 for an account that does not exist', async () => {
    const result = await run('token', 'list', '--account', missing);
    expect([result.code, result.output]).toEqual([1, '']);
    expect(result.errors).toBe('There is no such account. `account list` shows the accounts.\n');
  });

  it('exits with 2 for an invalid command line, and opens nothing', async () => {
    const result = await run('account', 'create');
    expect([result.code, result.output]).toEqual([2, '']);
    expect(result.errors).toMatch(/^Missing: --name\n\nUsage: npm run cli -- account create --name NAME\n/);
  });

  it('exits with 2 and the usage for an unknown command', async () => {
    const result = await run('nonsense', '--name', 'n');
    expect([result.code, result.output]).toEqual([2, '']);
    expect(result.errors).toMatch(/^Unknown command: nonsense\n\nUsage: (.|\n)*token revoke/);
  });

  it('exits with 2 and the commands of the group for an unknown command of a group', async () => {
    const { errors } = await run('token', 'remove');
    expect(errors).toMatch(/^Unknown command: token remove\n\nUsage: (.|\n)*token revoke/);
    expect(errors).not.toContain('account create');
  });

  it('prints every command for --help', async () => {
    const help = await run('--help');
    for (const { synopsis } of commands) expect(help.output).toContain(`  ${synopsis}  `);
    expect(help.code).toBe(0);
  });

  it('prints the usage and the parameters of one command for <command> --help', async () => {
    const { code, output } = await run('backup', '--help');
    expect(code).toBe(0);
    expect(output).toMatch(/^Usage: npm run cli -- backup FILE \[--with-keys\]\n\nBack up the embedded/);
    expect(output).toMatch(/^ {2}--with-keys {2}also write the encryption keys/m);
  });

  if (engine === 'sqlite') {
    it('says that a running service must be stopped first', async () => {
      await serving(async () => {
        const rejected = await run('account', 'list');
        expect(rejected.code).toBe(1);
        expect(rejected.errors).toMatch(/in use by another Caret process\. Stop it first/);
      });
    });
  } else {
    it('works while the service runs', async () => {
      await serving(async (app) => {
        expect(await run('keys', 'rewrap')).toMatchObject({ code: 0 });
        expect((await app.api.get('/v1/account')).status).toBe(200);
      });
    });
  }
});
