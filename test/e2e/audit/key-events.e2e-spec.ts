import { randomBytes } from 'node:crypto';
import { RewrapService } from '../../../src/crypto/rewrap.service';
import { startTestApp, type TestApp } from '../../support/app/app';
import { createAccount } from '../../support/clients/accounts';
import type { ApiClient, Json } from '../../support/clients/api-client';
import { createTestDatabase, type TestDatabase } from '../../support/database/database';
import { createProvider } from '../../support/registry/factories';

const newKey = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;

const keyEvent = (action: string, name: string, before: string | null, after: string | null) => ({
  action,
  actor: { token_id: null, token_name: action === 'key.rewrap' ? 'command line' : 'start' },
  resource: { type: 'encryption_key', id: null, name },
  changes: { key: { before, after } },
});

describe('the audit log of an account', () => {
  const [first, second] = [newKey('first'), newKey('second')];
  let database: TestDatabase;
  let app: TestApp;
  let env: Record<string, string>;

  beforeEach(async () => {
    database = await createTestDatabase();
    app = await startTestApp({ database, env: { ENCRYPTION_KEYS: first } });
    env = { ...app.env };
  });
  afterEach(async () => {
    await app.stop();
    await database.drop();
  });

  async function restart(keys: string): Promise<void> {
    await app.stop();
    app = await startTestApp({ database, env: { ...env, ENCRYPTION_KEYS: keys } });
  }
  const keyEvents = async (api: ApiClient) =>
    ((await api.get('/v1/audit-events')).body as Json[])
      .filter(({ action }) => action.startsWith('key.'))
      .reverse();

  it('contains the encryption keys that were added, used for re-sealing, retired and added again', async () => {
    const { token } = await createAccount(app);
    for (const api of [app.api, app.clientFor(token)]) await createProvider(api);
    await restart(`${first},${second}`);
    await restart(`${second},${first}`);
    await app.app.get(RewrapService).rewrap();
    await app.app.get(RewrapService).rewrap();
    await restart(second);
    await restart(second);
    await restart(`${second},${first}`);
    for (const api of [app.api, app.clientFor(token)]) {
      expect(await keyEvents(api)).toMatchObject([
        keyEvent('key.add', 'second', null, 'second'),
        keyEvent('key.rewrap', 'second', 'first', 'second'),
        keyEvent('key.retire', 'first', 'first', null),
        keyEvent('key.add', 'first', null, 'first'),
      ]);
    }
  });

  it('contains a later re-sealing only of its own secrets', async () => {
    const other = await createAccount(app);
    await restart(`${second},${first}`);
    await app.app.get(RewrapService).rewrap();
    await restart(`${first},${second}`);
    await createProvider(app.api);
    await restart(`${second},${first}`);
    await app.app.get(RewrapService).rewrap();
    expect((await keyEvents(app.api)).map(({ action }) => action)).toEqual([
      'key.add',
      'key.rewrap',
      'key.rewrap',
    ]);
    const elsewhere = await keyEvents(app.clientFor(other.token));
    expect(elsewhere.map(({ action }) => action)).toEqual(['key.add', 'key.rewrap']);
  });
});
