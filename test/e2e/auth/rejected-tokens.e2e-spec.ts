import { type DocumentApp, newAddress, startDocumentApp } from '../../support/app/document-app';
import { expireToken, issueToken } from '../../support/clients/accounts';
import { forgeToken, withBadChecksum } from '../../support/clients/forged-token';
import { type ComparableResponse, toComparableResponse } from '../../support/comparable-response';
import { accountRows } from '../../support/database/stored-rows';
import { type GuardedOperation, guardedOperations, type Ids } from '../../support/openapi/guarded-operations';

const OPERATIONS = guardedOperations();

describe('without a valid token', () => {
  let service: DocumentApp;
  let ids: Ids;
  /** Values of the Authorization header, by their error. */
  let missing: Record<string, readonly string[]>;
  let invalid: Record<string, readonly string[]>;
  let repeated: Record<string, readonly string[]>;

  beforeAll(async () => {
    service = await startDocumentApp();
    const { app } = service;
    ids = await service.populate(app.api);
    const valid = await issueToken(app, ['admin']);
    const expired = await issueToken(app, ['admin'], { expires_at: '2090-01-01T00:00:00.000Z' });
    await expireToken(app, expired.id);
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
      'two tokens': bearer(`${valid.token} ${valid.token}`),
      'a malformed token': bearer('malformed'),
      'a token with a bad checksum': bearer(withBadChecksum(valid.token)),
      'an unknown token': bearer(forgeToken('01936b1e-0000-7000-8000-000000000000')),
      'a wrong secret': bearer(forgeToken(valid.id)),
      'an expired token': bearer(expired.token),
      'a revoked token': bearer(revoked.token),
      'a token of more than 512 bytes': bearer(valid.token.padEnd(513, 'x')),
      'a token in quotes': bearer(`"${valid.token}"`),
      'a token with a tab': bearer(`${valid.token.slice(0, 9)}\t${valid.token.slice(9)}`),
      'a token with Unicode': bearer(Buffer.from(`${valid.token}😀`).toString('latin1')),
    };
    repeated = {
      'the same token twice': [...bearer(valid.token), ...bearer(valid.token)],
      'another token first': [...bearer('other'), ...bearer(valid.token)],
      'Basic first': ['Basic eA==', ...bearer(valid.token)],
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

  it('the suite sends requests to every guarded operation', () => {
    expect(OPERATIONS.length).toBeGreaterThanOrEqual(26);
  });

  describe.each(OPERATIONS.map((operation) => [operation.id, operation] as const))('%s', (_id, operation) => {
    it('returns the same 401, or 400 for two headers, and changes nothing', async () => {
      const before = await accountRows(service.app.database);
      service.upstream.script();
      for (const [table, status, code] of [
        [missing, 401, 'auth.token_missing'],
        [invalid, 401, 'auth.invalid_token'],
        [repeated, 400, 'invalid_request'],
      ] as const) {
        const responses: ComparableResponse[] = [];
        for (const [name, values] of Object.entries(table)) {
          const response = await send(operation, values);
          expect([name, response.status, response.body.code]).toEqual([name, status, code]);
          responses.push(toComparableResponse(response));
        }
        expect(responses).toEqual(responses.map(() => responses[0]));
      }
      expect(await accountRows(service.app.database)).toBe(before);
      expect(service.upstream.connections).toBe(0);
    });

    it.each(['\r\n', '\n', '\r', '\0'])('rejects a token that contains %j', async (piece) => {
      const { adminToken } = service.app;
      const response = await send(operation, [
        `Bearer ${adminToken.slice(0, 20)}${piece}${adminToken.slice(20)}`,
      ]);
      expect([400, 401]).toContain(response.status);
    });
  });
});
