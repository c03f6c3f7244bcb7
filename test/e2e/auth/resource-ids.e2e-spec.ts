import type { TestApp } from '../../support/app/app';
import { type DocumentApp, newAddress, startDocumentApp } from '../../support/app/document-app';
import { createAccount, issueToken } from '../../support/clients/accounts';
import type { ApiClient, ApiResponse } from '../../support/clients/http-client';
import { type Essence, essenceOf } from '../../support/comparable-response';
import { accountRows } from '../../support/database/stored-rows';
import { type GuardedOperation, guardedOperations, type Ids } from '../../support/openapi/guarded-operations';
import { NEEDED_SCOPES } from '../../support/openapi/required-scopes';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import type { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const RANDOM_ID = '01936b1e-0000-7000-8000-000000000000';
const MALFORMED = ['x', '%00', RANDOM_ID.toUpperCase(), `${RANDOM_ID}%20`, 'x'.repeat(500)];

const namesOf = ({ parameters, queryIds, bodyIds }: GuardedOperation) => [
  ...parameters,
  ...queryIds,
  ...bodyIds,
];
const OPERATIONS = guardedOperations().filter((operation) => namesOf(operation).length > 0);
const byId = (operations: readonly GuardedOperation[]) => operations.map((each) => [each.id, each] as const);
const ofModels = OPERATIONS.filter(({ parameters }) => parameters.length > 1);

describe('an id', () => {
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

  /** All answers are the same and nothing was written or called: the answer. */
  async function alike(api: ApiClient, operation: GuardedOperation, targets: readonly Ids[]) {
    const before = await accountRows(app.database);
    const answers: Essence[] = [];
    for (const ids of targets) answers.push(essenceOf(await call(api, operation, ids)));
    expect(answers).toEqual(answers.map(() => answers[0]));
    expect(await accountRows(app.database)).toBe(before);
    expect(upstream.connections).toBe(0);
    return answers[0]!;
  }

  const foreign = () => [others, deleted, everywhere(RANDOM_ID), ...MALFORMED.map(everywhere)];
  const isForReaders = ({ id }: GuardedOperation) => NEEDED_SCOPES[id] === 'providers:read';

  it('is taken by many operations, and the suite knows each kind and how to make it', () => {
    expect(OPERATIONS.length).toBeGreaterThanOrEqual(15);
    const names = new Set(OPERATIONS.flatMap(namesOf));
    expect(Object.keys(own)).toEqual(expect.arrayContaining([...names]));
    const unknown = OPERATIONS.filter(({ id }) => NEEDED_SCOPES[id] === undefined);
    expect(unknown.map(({ id }) => id)).toEqual([]);
  });

  describe.each(byId(OPERATIONS))('for %s', (_id, operation) => {
    it("is taken where it is one's own, and another's is refused to him alone", async () => {
      const { status } = await call(writer, operation, await service.populate(app.api));
      expect(status).toBeLessThan(300);
      expect((await call(other, operation, await service.populate(other))).status).toBe(status);
    });

    it('of another account, of what is gone, at random or malformed is one and the same 404', async () => {
      expect(await alike(writer, operation, foreign())).toMatchObject({ status: 404 });
      expect(await alike(other, operation, [own, everywhere(RANDOM_ID)])).toMatchObject({ status: 404 });
    });

    it('tells a token that may only read nothing more', async () => {
      if (isForReaders(operation)) {
        expect((await call(reader, operation, own)).status).toBeLessThan(300);
        upstream.script(replyJson(openaiModelList(['offered'])));
        expect(await alike(reader, operation, foreign())).toMatchObject({ status: 404 });
      } else {
        expect(await alike(reader, operation, [own, ...foreign()])).toMatchObject({ status: 403 });
      }
    });

    it('tells nothing to whoever has a revoked token or none', async () => {
      for (const stranger of [revoked, app.clientFor()]) {
        expect(await alike(stranger, operation, [own, ...foreign()])).toMatchObject({ status: 401 });
      }
    });
  });

  describe.each(byId(ofModels))('of a model, for %s', (_id, operation) => {
    it("is not found under a provider that is not its own, be that of one's own account", async () => {
      const noSuchModel = await alike(writer, operation, [
        { ...own, model_id: RANDOM_ID },
        { ...own, model_id: others['model_id']! },
        { ...own, model_id: sibling['model_id']! },
      ]);
      const noSuchProvider = await alike(writer, operation, [
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
