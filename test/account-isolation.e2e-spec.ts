import { startTestApp, type TestApp } from './support/app';
import { createAccount, createProvider, issueToken } from './support/callers';
import { type Essence, essenceOf } from './support/essence';
import type { ApiClient } from './support/http-client';
import { type GuardedOperation, listOperations } from './support/operations';
import { replyJson } from './support/scripted-replies';
import { ScriptedUpstream } from './support/scripted-upstream';

type Ids = Record<'provider_id' | 'model_id' | 'token_id', string>;

const RANDOM_ID = '01936b1e-0000-7000-8000-000000000000';
const MALFORMED = ['x', '%00', RANDOM_ID.toUpperCase(), `${RANDOM_ID}%20`, 'x'.repeat(500)];
const TABLES = ['accounts', 'api_tokens', 'providers', 'provider_models', 'audit_events', 'idempotency_keys'];

/** Bodies that would succeed on one's own. An operation that is not here needs none, or is added. */
const BODIES: Record<string, unknown> = {
  updateProvider: { name: 'taken over', api_key: 'sk-taken-over-0123456789' },
  createProviderModel: { model: 'smuggled' },
  updateProviderModel: { priority: 99, is_default: true },
  importModels: { models: 'all' },
  rotateToken: { overlap_seconds: 0 },
};

describe('another account', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let operations: GuardedOperation[];
  let other: ApiClient;
  let own: Ids;
  let others: Ids;
  let deleted: Ids;
  let calls = 0;

  beforeAll(async () => {
    // As if each request came from another address, so that failures are not limited here.
    app = await startTestApp({ env: { TRUST_PROXY: '127.0.0.1' } });
    upstream = await ScriptedUpstream.start(replyJson({ object: 'list', data: [] }));
    operations = (await listOperations(app)).filter(({ parameters }) => parameters.length > 0);
    other = await createAccount(app);
    [own, others, deleted] = [await populate(app.api), await populate(other), await populate(app.api)];
    await app.api.delete(`/v1/llm-providers/${deleted.provider_id}`);
    await app.api.delete(`/v1/tokens/${deleted.token_id}`);
    upstream.script(replyJson({ object: 'list', data: [] }));
  });
  afterAll(async () => {
    await app.stop();
    await upstream.stop();
  });

  async function populate(api: ApiClient): Promise<Ids> {
    const { id, modelIds } = await createProvider(api, { base_url: upstream.url }, ['first', 'second']);
    const token = await api.post('/v1/tokens', { name: 'of the account', scopes: ['usage:read'] });
    return { provider_id: id, model_id: modelIds[1]!, token_id: token.body.id };
  }

  /** All that is stored, but for when a token was last used. */
  async function state(): Promise<string> {
    const rows = await Promise.all(
      TABLES.map((table) => app.database.query(`SELECT * FROM ${table} ORDER BY 1`)),
    );
    return JSON.stringify(rows, (name, value: unknown) => (name === 'last_used_at' ? undefined : value));
  }

  function call(api: ApiClient, operation: GuardedOperation, ids: Ids) {
    calls += 1;
    const headers = { 'X-Forwarded-For': `203.0.${calls >> 8}.${calls & 255}` };
    return api.request(operation.method, operation.path(ids), BODIES[operation.id] ?? bodyFor(operation), {
      headers,
    });
  }

  it('is kept out of every operation that takes an id, which are many', () => {
    expect(operations.length).toBeGreaterThanOrEqual(14);
    for (const { parameters } of operations)
      expect(Object.keys(own)).toEqual(expect.arrayContaining([...parameters]));
  });

  it('has resources that look exactly like none, whatever one does to them', async () => {
    const before = await state();
    for (const operation of operations) {
      const answers: Essence[] = [];
      for (const ids of [others, deleted, allOf(RANDOM_ID), ...MALFORMED.map(allOf)]) {
        answers.push(essenceOf(await call(app.api, operation, ids)));
      }
      expect({ operation: operation.id, answers }).toEqual({
        operation: operation.id,
        answers: answers.map(() => answers[0]),
      });
      expect(answers[0]).toMatchObject({ status: 404 });
    }
    expect(await state()).toBe(before);
  });

  it("has models that one's own provider does not lead to, nor the other way round", async () => {
    const before = await state();
    const ofModels = operations.filter(({ parameters }) => parameters.includes('model_id'));
    expect(ofModels.length).toBeGreaterThanOrEqual(4);
    for (const operation of ofModels) {
      const noSuchModel = essenceOf(await call(app.api, operation, { ...own, model_id: RANDOM_ID }));
      const noSuchProvider = essenceOf(await call(app.api, operation, { ...own, provider_id: RANDOM_ID }));
      expect(noSuchModel).toMatchObject({ status: 404 });
      expect(essenceOf(await call(app.api, operation, { ...own, model_id: others.model_id }))).toEqual(
        noSuchModel,
      );
      expect(essenceOf(await call(app.api, operation, { ...others, model_id: own.model_id }))).toEqual(
        noSuchProvider,
      );
      // Nor do two providers of one account lead to each other's models.
      const sibling = await createSibling();
      expect(essenceOf(await call(app.api, operation, { ...own, provider_id: sibling }))).toEqual(
        noSuchModel,
      );
      await app.api.delete(`/v1/llm-providers/${sibling}`);
    }
    const after = await state();
    expect(withoutCounters(after)).toBe(withoutCounters(before));
  });

  it('is never called upon: no request to its upstream came of all this', () => {
    expect(upstream.requests).toEqual([]);
    expect(upstream.connections).toBe(0);
  });

  it.each(['none', 'revoked'] as const)(
    "cannot be told from one's own with a token that is %s",
    async (kind) => {
      const { id, token } = await issueToken(app, ['admin']);
      await app.api.delete(`/v1/tokens/${id}`);
      const caller = app.clientFor(kind === 'none' ? undefined : token);
      const before = await state();
      for (const operation of operations) {
        const answers: Essence[] = [];
        for (const ids of [own, others, deleted, allOf(RANDOM_ID), allOf('x')]) {
          answers.push(essenceOf(await call(caller, operation, ids)));
        }
        expect(answers).toEqual(answers.map(() => answers[0]));
        expect(answers[0]).toMatchObject({ status: 401 });
      }
      expect(await state()).toBe(before);
    },
  );

  it("cannot be told from one's own with a token that may only read", async () => {
    const { api } = await issueToken(app, ['providers:read']);
    const before = await state();
    for (const operation of operations.filter(({ method }) => method !== 'GET')) {
      const answers: Essence[] = [];
      for (const ids of [own, others, deleted, allOf(RANDOM_ID), allOf('x')]) {
        answers.push(essenceOf(await call(api, operation, ids)));
      }
      expect(answers).toEqual(answers.map(() => answers[0]));
      expect(answers[0]).toMatchObject({ status: 403 });
    }
    expect(await state()).toBe(before);
  });

  it('shares no name: what is taken there is free here', async () => {
    const name = 'the same name';
    const first = await other.post('/v1/llm-providers', provider(name));
    expect(first.status).toBe(201);
    expect((await app.api.post('/v1/llm-providers', provider(name))).status).toBe(201);
    expect((await app.api.get(`/v1/llm-providers?name=${encodeURIComponent(name)}`)).body).toHaveLength(1);
    const renamed = await createProvider(app.api);
    const elsewhere = await createProvider(other, { name: 'only there' });
    expect((await app.api.patch(`/v1/llm-providers/${renamed.id}`, { name: 'only there' })).status).toBe(200);
    expect((await other.get(`/v1/llm-providers/${elsewhere.id}`)).body.name).toBe('only there');
  });

  it('is in no list', async () => {
    for (const path of ['/v1/llm-providers', '/v1/tokens', '/v1/audit-events', '/v1/selectors']) {
      const { text } = await app.api.get(path);
      for (const id of Object.values(others)) expect(text).not.toContain(id);
    }
    const { text } = await other.get('/v1/llm-providers');
    expect(text).not.toContain(own.provider_id);
  });

  it('is chosen by no selector, named in no error, and priced by no id', async () => {
    const [{ selector }] = (await other.get('/v1/selectors')).body;
    const [name, model] = selector.split('^');
    const resolve = (wanted: string) => app.api.post('/v1/resolve', { selector: wanted, explain: true });
    for (const rest of [`^${model}`, '^', '^#x']) {
      const theirs = await resolve(`${name}${rest}`);
      expect(theirs).toMatchObject({ status: 404, body: { code: 'routing.no_route' } });
      const nobodys = (await resolve(`nobody${rest}`)).body.detail;
      expect(theirs.body.detail.replaceAll(name, 'nobody')).toBe(nobodys);
    }
    for (const wanted of [model, 'auto', 'no-such^m', 'no-such', '#x', '#']) {
      const { text } = await resolve(wanted);
      for (const foreign of [name, ...Object.values(others)]) expect(text).not.toContain(foreign);
    }
    const price = async (api: ApiClient, model_id: string) =>
      essenceOf(await api.post('/v1/cost', { model_id, usage: { input: 1 } }));
    expect(await price(app.api, others.model_id)).toEqual(await price(app.api, RANDOM_ID));
    expect(await price(other, others.model_id)).toMatchObject({ status: 200 });
  });

  it('cannot be named in a body', async () => {
    const { body: account } = await other.get('/v1/account');
    for (const field of ['account_id', 'account', 'id', 'provider_id']) {
      const answer = await app.api.post('/v1/llm-providers', { ...provider('x'), [field]: account.id });
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: `/${field}` }] } });
    }
    const moved = await app.api.patch(`/v1/llm-providers/${own.provider_id}/models/${own.model_id}`, {
      provider_id: others.provider_id,
    });
    expect(moved.status).toBe(422);
  });

  const createSibling = async () => (await createProvider(app.api)).id;
});

const provider = (name: string) => ({ name, provider: 'openai', api_key: 'sk-0123456789abcdef' });

function allOf(id: string): Ids {
  return { provider_id: id, model_id: id, token_id: id };
}

function bodyFor({ method }: GuardedOperation): unknown {
  return method === 'POST' || method === 'PATCH' ? {} : undefined;
}

/** The rows of what was made in passing are gone again; the revision and the audit have counted them. */
function withoutCounters(text: string): string {
  const [accounts, , ...rest] = JSON.parse(text) as Record<string, unknown>[][];
  return JSON.stringify([accounts?.map(({ id }) => id), rest[0], rest[1]]);
}
