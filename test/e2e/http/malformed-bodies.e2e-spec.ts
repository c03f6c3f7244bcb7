import { type DocumentApp, startDocumentApp } from '../../support/app/document-app';
import { accountRows } from '../../support/database/stored-rows';
import { guardedOperations, type Ids } from '../../support/openapi/guarded-operations';
import { MALFORMED_BODIES, type MalformedBody } from '../../support/openapi/malformed-bodies';

const OPERATIONS = guardedOperations().filter(({ fields }) => fields !== null);

describe('a malformed body of', () => {
  let service: DocumentApp;
  let ids: Ids;

  beforeAll(async () => {
    service = await startDocumentApp();
    ids = await service.populate(service.app.api);
  });
  afterAll(() => service.stop());

  it('covers at least eleven operations', () => {
    expect(OPERATIONS.length).toBeGreaterThanOrEqual(11);
  });

  describe.each(OPERATIONS.map((operation) => [operation.id, operation] as const))('%s', (_id, operation) => {
    const send = (body: MalformedBody) => {
      const { contentType = 'application/json', contentEncoding } = body;
      const headers = [['Authorization', `Bearer ${service.app.adminToken}`]] as [string, string][];
      if (contentType !== null) headers.push(['Content-Type', contentType]);
      if (contentEncoding) headers.push(['Content-Encoding', contentEncoding]);
      const bytes = body.bytes(operation.body(ids));
      const { method } = operation;
      return service.app.api.rawRequest({ method, path: operation.path(ids), headers, body: bytes });
    };

    it('is rejected without writing anything or calling an upstream', async () => {
      const before = await accountRows(service.app.database);
      service.upstream.script();
      for (const [name, body] of Object.entries(MALFORMED_BODIES)) {
        const { status, body: problem } = await send(body);
        const code = body.code ?? problem.code;
        expect([name, status, problem.code]).toEqual([name, body.status, code]);
      }
      expect(await accountRows(service.app.database)).toBe(before);
      expect(service.upstream.connections).toBe(0);
    });
  });
});
