import { type DocumentApp, newAddress, startDocumentApp } from '../../support/app/document-app';
import { issueToken } from '../../support/clients/accounts';
import { forgeToken, withBadChecksum } from '../../support/clients/forged-token';
import { type Essence, essenceOf } from '../../support/comparable-response';
import { accountRows } from '../../support/database/stored-rows';
import { type GuardedOperation, guardedOperations, type Ids } from '../../support/openapi/guarded-operations';

const OPERATIONS = guardedOperations();

describe('without a token that is good,', () => {
  let service: DocumentApp;
  let ids: Ids;
  /** Values of the Authorization header, by what is wrong with them. */
  let missing: Record<string, readonly string[]>;
  let invalid: Record<string, readonly string[]>;
  let twice: Record<string, readonly string[]>;

  beforeAll(async () => {
    service = await startDocumentApp();
    const { app } = service;
    ids = await service.populate(app.api);
    const good = await issueToken(app, ['admin']);
    const expired = await issueToken(app, ['admin'], { expires_at: '2090-01-01T00:00:00.000Z' });
    const past = '2020-01-01T00:00:00.000Z';
    await app.database.query('UPDATE api_tokens SET expires_at = ? WHERE id = ?', [past, expired.id]);
    const revoked = await issueToken(app, ['admin']);
    await app.api.delete(`/v1/tokens/${revoked.id}`);
    const bearer = (token: string) => [`Bearer ${token}`];
    missing = {
      'no header': [],
      'an empty header': [''],
      Basic: ['Basic dXNlcjpwYXNz'],
      Digest: ['Digest username="x"'],
    };
    invalid = {
      'no token': ['Bearer'],
      'two tokens': bearer(`${good.token} ${good.token}`),
      'a malformed one': bearer('malformed'),
      'one with a bad checksum': bearer(withBadChecksum(good.token)),
      'an unknown one': bearer(forgeToken('01936b1e-0000-7000-8000-000000000000')),
      'a wrong secret': bearer(forgeToken(good.id)),
      'an expired one': bearer(expired.token),
      'a revoked one': bearer(revoked.token),
      'one beyond 512 bytes': bearer(good.token.padEnd(513, 'x')),
      'one in quotes': bearer(`"${good.token}"`),
      'one with a tab': bearer(`${good.token.slice(0, 9)}\t${good.token.slice(9)}`),
      'one in Unicode': bearer(Buffer.from(`${good.token}😀`).toString('latin1')),
    };
    twice = {
      'the same twice': [...bearer(good.token), ...bearer(good.token)],
      'another first': [...bearer('other'), ...bearer(good.token)],
      'Basic first': ['Basic eA==', ...bearer(good.token)],
    };
  });
  afterAll(() => service.stop());

  function send(operation: GuardedOperation, authorizations: readonly string[]) {
    const body = operation.body(ids);
    const headers: (readonly [string, string])[] = [['X-Forwarded-For', newAddress()]];
    if (body) headers.push(['Content-Type', 'application/json']);
    headers.push(...authorizations.map((value) => ['Authorization', value] as const));
    return service.app.api.rawRequest({
      method: operation.method,
      path: operation.path(ids),
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  it('many operations are asked for', () => {
    expect(OPERATIONS.length).toBeGreaterThanOrEqual(26);
  });

  describe.each(OPERATIONS.map((operation) => [operation.id, operation] as const))('%s', (_id, operation) => {
    it('is one and the same 401, 400 for two headers, and does nothing', async () => {
      const before = await accountRows(service.app.database);
      service.upstream.script();
      for (const [table, status, code] of [
        [missing, 401, 'auth.token_missing'],
        [invalid, 401, 'auth.invalid_token'],
        [twice, 400, 'invalid_request'],
      ] as const) {
        const answers: Essence[] = [];
        for (const [name, values] of Object.entries(table)) {
          const answer = await send(operation, values);
          expect([name, answer.status, answer.body.code]).toEqual([name, status, code]);
          answers.push(essenceOf(answer));
        }
        expect(answers).toEqual(answers.map(() => answers[0]));
      }
      expect(await accountRows(service.app.database)).toBe(before);
      expect(service.upstream.connections).toBe(0);
    });

    it.each(['\r\n', '\n', '\r', '\0'])('is refused with %j in the token', async (piece) => {
      const { adminToken } = service.app;
      const answer = await send(operation, [
        `Bearer ${adminToken.slice(0, 20)}${piece}${adminToken.slice(20)}`,
      ]);
      expect([400, 401]).toContain(answer.status);
    });
  });
});
