import type { TestApp } from '../../support/app/app';
import { type DocumentApp, newAddress, startDocumentApp } from '../../support/app/document-app';
import { createAccount, issueToken } from '../../support/clients/accounts';
import type { ApiClient, ApiResponse } from '../../support/clients/api-client';
import { type ComparableResponse, toComparableResponse } from '../../support/comparable-response';
import { accountRows } from '../../support/database/stored-rows';
import {
  type GuardedOperation,
  guardedOperations,
  idName,
  type Ids,
} from '../../support/openapi/guarded-operations';
import { REQUIRED_SCOPES } from '../../support/openapi/required-scopes';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import type { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const RANDOM_ID = '01936b1e-0000-7000-8000-000000000000';
const MALFORMED = ['x', '%00', RANDOM_ID.toUpperCase(), `${RANDOM_ID}%20`, 'x'.repeat(500)];

const listIdNames = ({ parameters, queryIds, bodyIds }: GuardedOperation) => [
  ...parameters,
  ...queryIds,
  ...bodyIds.map(idName),
];
const OPERATIONS = guardedOperations().filter((operation) => listIdNames(operation).length > 0);
const withNames = (operations: readonly GuardedOperation[]) =>
  operations.map((operation) => [operation.id, operation] as const);
const MODEL_OPERATIONS = OPERATIONS.filter(({ parameters }) => parameters.length > 1);

describe('ids of resources', () => {
  let service: DocumentApp;
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let other: ApiClient;
  let writer: ApiClient;
  let reader: ApiClient;
  let revoked: ApiClient;
  let own: Ids;
  let others: Ids;
  let deleted: Ids;
  let sibling: Ids;

  beforeAll(async () => {
    service = await startDocumentApp();
    ({ app, upstream } = service);
    other = await createAccount(app);
    writer = (await issueToken(app, ['providers:write', 'tokens:write', 'usage:read'])).api;
    reader = (await issueToken(app, ['providers:read'])).api;
    const issued = await issueToken(app, ['admin']);
    await app.api.delete(`/v1/tokens/${issued.id}`);
    revoked = issued.api;
    own = await service.populate(app.api);
    others = await service.populate(other);
    sibling = await service.populate(app.api);
    deleted = await service.populate(app.api);
    await app.api.delete(`/v1/llm-providers/${deleted['provider_id']!}`);
    await app.api.delete(`/v1/tokens/${deleted['token_id']!}`);
  });
  afterAll(() => service.stop());
  beforeEach(() => upstream.script(replyJson(openaiModelList(['offered']))));

  function call(api: ApiClient, operation: GuardedOperation, ids: Ids): Promise<ApiResponse> {
    const headers = { 'X-Forwarded-For': newAddress() };
    const query = operation.queryIds.map((name) => `${name}=${encodeURIComponent(ids[name] ?? '')}`);
    const path = [operation.path(ids), ...(query.length > 0 ? [query.join('&')] : [])].join('?');
    return api.request(operation.method, path, operation.body(ids), { headers });
  }

  /** Sends a request for each target. Expects equal responses, no write and no upstream call. Returns the response. */
  async function expectSameResponse(api: ApiClient, operation: GuardedOperation, targets: readonly Ids[]) {
    const before = await accountRows(app.database);
    const responses: ComparableResponse[] = [];
    for (const ids of targets) responses.push(toComparableResponse(await call(api, operation, ids)));
    expect(responses).toEqual(responses.map(() => responses[0]));
    expect(await accountRows(app.database)).toBe(before);
    expect(upstream.connections).toBe(0);
    return responses[0]!;
  }

  const unknownIds = () => [others, deleted, everywhere(RANDOM_ID), ...MALFORMED.map(everywhere)];
  const isForReaders = ({ id }: GuardedOperation) => REQUIRED_SCOPES[id] === 'providers:read';

  it('are all known to this suite, with the scope of every operation', () => {
    expect(OPERATIONS.length).toBeGreaterThanOrEqual(15);
    const names = new Set(OPERATIONS.flatMap(listIdNames));
    expect(Object.keys(own)).toEqual(expect.arrayContaining([...names]));
    const unknown = OPERATIONS.filter(({ id }) => REQUIRED_SCOPES[id] === undefined);
    expect(unknown.map(({ id }) => id)).toEqual([]);
  });

  describe.each(withNames(OPERATIONS))('in %s', (_id, operation) => {
    it('return success to their own account', async () => {
      const { status } = await call(app.api, operation, await service.populate(app.api));
      expect(status).toBeLessThan(300);
      expect((await call(other, operation, await service.populate(other))).status).toBe(status);
    });

    it('return the same 404 when foreign, deleted, random or malformed', async () => {
      expect(await expectSameResponse(writer, operation, unknownIds())).toMatchObject({ status: 404 });
      expect(await expectSameResponse(other, operation, [own, everywhere(RANDOM_ID)])).toMatchObject({
        status: 404,
      });
    });

    it('return the same 404 or 403 to a token that may only read', async () => {
      if (isForReaders(operation)) {
        expect((await call(reader, operation, own)).status).toBeLessThan(300);
        upstream.script(replyJson(openaiModelList(['offered'])));
        expect(await expectSameResponse(reader, operation, unknownIds())).toMatchObject({ status: 404 });
      } else {
        expect(await expectSameResponse(reader, operation, [own, ...unknownIds()])).toMatchObject({
          status: 403,
        });
      }
    });

    it('return the same 401 to a revoked token and without a token', async () => {
      for (const stranger of [revoked, app.clientFor()]) {
        expect(await expectSameResponse(stranger, operation, [own, ...unknownIds()])).toMatchObject({
          status: 401,
        });
      }
    });
  });

  describe.each(withNames(MODEL_OPERATIONS))('of models in %s', (_id, operation) => {
    it('return 404 under a provider that does not own the model', async () => {
      const noSuchModel = await expectSameResponse(writer, operation, [
        { ...own, model_id: RANDOM_ID },
        { ...own, model_id: others['model_id']! },
        { ...own, model_id: sibling['model_id']! },
      ]);
      const noSuchProvider = await expectSameResponse(writer, operation, [
        { ...own, provider_id: RANDOM_ID },
        { ...own, provider_id: others['provider_id']! },
        { ...others, model_id: own['model_id']! },
      ]);
      expect([noSuchModel.status, noSuchProvider.status]).toEqual([404, 404]);
    });
  });
});

function everywhere(id: string): Ids {
  return { provider_id: id, model_id: id, token_id: id };
}
