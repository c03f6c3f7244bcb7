import { type DocumentApp, startDocumentApp } from '../../support/app/document-app';
import { accountRows } from '../../support/database/stored-rows';
import { type GuardedOperation, guardedOperations, type Ids } from '../../support/openapi/guarded-operations';

const OPERATIONS = guardedOperations();

/** Malformed values of each documented header, with the code of the 400. A header without an entry fails the suite. */
const MALFORMED_HEADERS: Readonly<Record<string, { code: string; values: readonly string[] } | null>> = {
  // A malformed condition never matches, so the read succeeds.
  'If-None-Match': null,
  'If-Match': { code: 'request.if_match', values: ['', 'x', '"open', 'W/', '"a" "b"'] },
  'Idempotency-Key': { code: 'request.idempotency_key', values: ['', ' ', 'x'.repeat(256), 'é'] },
  'X-Registry-Revision': {
    code: 'request.registry_revision',
    values: ['', 'x', '-1', '1.5', '1e2', '0x1', '1, 2'],
  },
};

/** Query parameters that no operation has. */
const UNKNOWN_PARAMETERS = [
  'x=1',
  'Limit=1',
  'limit[]=1',
  'name[$ne]=x',
  '__proto__=1',
  'constructor=1',
  '=1',
];

describe('the headers and query of', () => {
  let service: DocumentApp;
  let ids: Ids;

  beforeAll(async () => {
    service = await startDocumentApp();
    ids = await service.populate(service.app.api);
  });
  afterAll(() => service.stop());

  interface Head {
    readonly query?: string;
    readonly headers?: Readonly<Record<string, string>>;
  }

  function send(operation: GuardedOperation, { query, headers = {} }: Head) {
    const body = operation.body(ids);
    const own = { Authorization: `Bearer ${service.app.adminToken}`, 'Content-Type': 'application/json' };
    return service.app.api.rawRequest({
      method: operation.method,
      path: operation.path(ids) + (query === undefined ? '' : `?${query}`),
      headers: Object.entries({ ...own, ...headers }).map(([name, value]) => [
        name,
        Buffer.from(value).toString('latin1'),
      ]),
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  /** Expects every request to be rejected without an effect. */
  async function expectRejected(
    operation: GuardedOperation,
    heads: readonly Head[],
    status: number,
    code: string,
  ) {
    const before = await accountRows(service.app.database);
    service.upstream.script();
    for (const head of heads) {
      const response = await send(operation, head);
      expect([head, response.status, response.body?.code]).toEqual([head, status, code]);
    }
    expect(await accountRows(service.app.database)).toBe(before);
    expect(service.upstream.connections).toBe(0);
  }

  it('all operations have an entry in this suite', () => {
    expect(OPERATIONS.length).toBeGreaterThanOrEqual(26);
    const names = new Set(OPERATIONS.flatMap(({ headerNames }) => headerNames));
    expect([...names].sort()).toEqual(Object.keys(MALFORMED_HEADERS).sort());
  });

  describe.each(OPERATIONS.map((operation) => [operation.id, operation] as const))('%s', (_id, operation) => {
    it('reject unknown query parameters', async () => {
      const heads = UNKNOWN_PARAMETERS.map((query) => ({ query }));
      await expectRejected(operation, heads, 400, 'query.unknown_parameter');
    });

    it('reject repeated query parameters', async () => {
      const heads = operation.queryNames.flatMap((name) => [
        { query: `${name}=1&${name}=1` },
        { query: `${name}=&${name}=1` },
      ]);
      await expectRejected(operation, heads, 400, 'query.repeated_parameter');
    });

    it('reject an Accept without JSON', async () => {
      const accepts = ['text/html', 'application/xml', 'image/*', 'application/json;q=0'];
      const heads = accepts.map((Accept) => ({ headers: { Accept } }));
      await expectRejected(operation, heads, 406, 'request.not_acceptable');
    });

    it('reject malformed headers', async () => {
      for (const name of operation.headerNames) {
        const malformed = MALFORMED_HEADERS[name];
        const heads = (malformed?.values ?? []).map((value) => ({ headers: { [name]: value } }));
        if (malformed) await expectRejected(operation, heads, 400, malformed.code);
      }
    });
  });
});
