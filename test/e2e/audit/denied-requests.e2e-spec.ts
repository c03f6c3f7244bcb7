import { DenialAuditService } from '../../../src/audit/denial-audit.service';
import { newId } from '../../../src/common/ids';
import { startTestApp, type TestApp } from '../../support/app/app';
import { createAccount, issueToken } from '../../support/clients/accounts';
import type { ApiClient, Json } from '../../support/clients/api-client';
import { forgeToken } from '../../support/clients/forged-token';
import { omit } from '../../support/comparable-response';

describe('denied requests', () => {
  let app: TestApp;

  beforeEach(async () => {
    app = await startTestApp({ env: { TRUST_PROXY: '127.0.0.1' } });
  });
  afterEach(() => app.stop());

  /** Ends the minute and returns the events of this action. */
  async function denialsOf(action: string, api: ApiClient = app.api): Promise<Json[]> {
    await app.app.get(DenialAuditService).flush();
    const { body } = await api.get('/v1/audit-events');
    return (body as Json[]).filter((event) => event.action === action).reverse();
  }
  const send = (token: string, address: string) =>
    app.clientFor(token).get('/v1/account', { headers: { 'X-Forwarded-For': address } });
  const changesOf = (address: string | null, requests: number, routes = ['GET /v1/account']) => ({
    address: { before: null, after: address },
    requests: { before: null, after: requests },
    routes: { before: null, after: routes },
  });

  it('with a wrong secret are one event of the named token per address, also beyond the limit of failures', async () => {
    const { id } = await issueToken(app, ['usage:read'], { name: 'leaked' });
    await Promise.all(Array.from({ length: 30 }, () => send(forgeToken(id), '192.0.2.1')));
    expect((await send(forgeToken(id), '192.0.2.1')).status).toBe(429);
    expect((await send(forgeToken(id), '192.0.2.2')).status).toBe(401);
    const events = await denialsOf('auth.refused');
    expect(events.map((event) => omit(event, 'id', 'at', 'trace_id'))).toEqual(
      [
        ['192.0.2.1', 31],
        ['192.0.2.2', 1],
      ].map(([address, requests]) => ({
        actor: { token_id: null, token_name: 'unauthenticated' },
        action: 'auth.refused',
        resource: { type: 'token', id, name: 'leaked' },
        changes: changesOf(address as string, requests as number),
      })),
    );
    expect(await denialsOf('auth.refused')).toHaveLength(2);
  });

  it('with a revoked token are events of its account', async () => {
    const { id, token, api } = await issueToken(app, ['usage:read'], { name: 'former' });
    await api.get('/v1/account');
    await app.api.delete(`/v1/tokens/${id}`);
    expect((await send(token, '192.0.2.7')).status).toBe(401);
    expect(await denialsOf('auth.refused')).toMatchObject([
      { resource: { id, name: 'former' }, changes: changesOf('192.0.2.7', 1) },
    ]);
  });

  it('with an unknown token are only in the log and the metric', async () => {
    await send(forgeToken(newId()), '192.0.2.3');
    await send('nonsense', '192.0.2.3');
    expect(await denialsOf('auth.refused')).toEqual([]);
    expect(app.logs()).toContain('2 requests with an invalid token in a minute from 192.0.2.3');
    const { text } = await app.clientFor().get('/metrics');
    expect(text).toContain('caret_denied_requests_total{action="auth.refused"} 2');
  });

  it('without a token are not counted', async () => {
    await app.clientFor().get('/v1/account');
    const { text } = await app.clientFor().get('/metrics');
    expect(text).not.toContain('caret_denied_requests_total{');
  });

  it('without the rights are one event per token and address', async () => {
    const { id, api } = await issueToken(app, ['tokens:write'], { name: 'curious' });
    const headers = { 'X-Forwarded-For': '192.0.2.4' };
    expect((await api.get('/v1/audit-events', { headers })).status).toBe(403);
    const beyond = { name: 'n', scopes: ['admin'] };
    expect((await api.post('/v1/tokens', beyond, { headers })).status).toBe(403);
    expect(await denialsOf('auth.forbidden')).toMatchObject([
      {
        actor: { token_id: id, token_name: 'curious' },
        resource: { type: 'token', id, name: 'curious' },
        changes: changesOf('192.0.2.4', 2, ['GET /v1/audit-events', 'POST /v1/tokens']),
      },
    ]);
  });

  it('from many addresses write a bounded number of rows, and none in another account', async () => {
    const other = await createAccount(app);
    const { id } = await issueToken(app, ['usage:read']);
    const forged = Array.from({ length: 300 }, (_, index) => forgeToken(index % 2 === 0 ? id : newId()));
    await Promise.all(forged.map((token, index) => send(token, `192.0.2.${index % 150}`)));
    const events = await denialsOf('auth.refused');
    expect(events).toHaveLength(21);
    expect(events.at(-1)).toMatchObject({
      actor: { token_id: null, token_name: 'unauthenticated' },
      resource: { type: 'token', id: null, name: 'others' },
    });
    const counts = events.map(({ changes }) => changes.requests.after as number);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(150);
    expect(await denialsOf('auth.refused', other)).toEqual([]);
    expect(app.logs().match(/requests with an invalid token/g)!.length).toBeLessThanOrEqual(21);
  });

  it('are written at a shutdown', async () => {
    const { id } = await issueToken(app, ['usage:read']);
    await send(forgeToken(id), '192.0.2.5');
    await app.app.close();
    app = await startTestApp({ database: app.database, env: app.env });
    expect(await denialsOf('auth.refused')).toMatchObject([{ resource: { id } }]);
  });
});
