import { type Replicas, startReplicas } from '../../support/app/replicas';
import type { ApiClient, ApiResponse, Json } from '../../support/clients/api-client';
import { isCluster } from '../../support/database/database-nodes';
import {
  createModel,
  createProvider,
  modelPath,
  problem,
  providerBody,
  providerPath,
  uniqueName,
} from '../../support/registry/factories';
import { createRandom } from '../../support/registry/random';

/** docs/guarantees.md promises 500 on a cluster. */
const ROUNDS = isCluster ? 500 : 60;

const statuses = (responses: readonly ApiResponse[]) => responses.map(({ status }) => status).sort();

describe('concurrent writes', () => {
  let replicas: Replicas;
  let api: () => ApiClient;

  beforeAll(async () => {
    replicas = await startReplicas();
    api = replicas.api;
  });
  afterAll(() => replicas.stop());

  it(`C1: leave one default model after each of ${ROUNDS} rounds`, async () => {
    const random = createRandom(20_261_120);
    const provider = await createProvider(api());
    const path = `${providerPath(provider)}/models`;
    const read = async () => (await api().get(path)).body as Json[];
    const change = (models: readonly Json[]): Promise<ApiResponse> => {
      const model = models[random(models.length)];
      const kind = model ? random(5) : 0;
      if (!model || kind === 0) return api().post(path, { model: uniqueName('m'), priority: random(3) });
      if (kind === 1) return api().post(path, { model: uniqueName('m'), is_default: true });
      if (kind === 2) return api().patch(modelPath(model), { is_default: true });
      if (kind === 3) return api().patch(modelPath(model), { is_default: false });
      return api().delete(modelPath(model));
    };
    for (let round = 0; round < ROUNDS; round++) {
      const before = await read();
      const responses = await Promise.all(Array.from({ length: 2 + random(7) }, () => change(before)));
      for (const { status } of responses) expect([200, 201, 204, 404]).toContain(status);
      const after = await read();
      const defaults = after.filter(({ is_default }) => is_default);
      expect(defaults).toHaveLength(after.length > 0 ? 1 : 0);
    }
  });

  it('C2: return 201 to one and 409 to 99 of 100 creates of one name', async () => {
    const body = providerBody();
    const spellings = [body.name, body.name.toUpperCase(), ` ${body.name} `];
    const responses = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        api().post('/v1/llm-providers', { ...body, name: spellings[index % 3] }),
      ),
    );
    expect(statuses(responses)).toEqual([201, ...Array.from({ length: 99 }, () => 409)]);
    for (const response of responses.filter(({ status }) => status === 409)) {
      expect(problem(response).code).toBe('llm_providers.name_conflict');
    }
  });

  it('C2: return 201 to one and 409 to 99 of 100 creates of one model', async () => {
    const path = `${providerPath(await createProvider(api()))}/models`;
    const responses = await Promise.all(
      Array.from({ length: 100 }, () => api().post(path, { model: 'Same' })),
    );
    expect(statuses(responses)).toEqual([201, ...Array.from({ length: 99 }, () => 409)]);
    expect((await api().get(path)).body).toHaveLength(1);
  });

  it('C2: create one row and return one response for 100 creates with one Idempotency-Key', async () => {
    const body = providerBody();
    const headers = { 'idempotency-key': uniqueName('key') };
    const post = () => api().post('/v1/llm-providers', body, { headers });
    const responses = await Promise.all(Array.from({ length: 100 }, post));
    const texts = new Set<string>();
    for (const response of responses) {
      if (response.status === 201) texts.add(response.text);
      else expect(problem(response)).toEqual({ status: 409, code: 'idempotency.in_flight' });
    }
    expect([...texts]).toEqual([(await post()).text]);
    expect((await api().get(`/v1/llm-providers?name=${body.name}`)).body).toHaveLength(1);
  });

  it('C3: return 200 to one and 412 to the other of two PATCHes with one ETag', async () => {
    const provider = await createProvider(api());
    const model = await createModel(api(), provider.id);
    for (let round = 0; round < 10; round++) {
      for (const [path, field] of [
        [providerPath(provider), 'name'],
        [modelPath(model), 'model'],
      ] as const) {
        const headers = { 'if-match': (await api().get(path)).headers.get('etag')! };
        const patch = () => api().patch(path, { [field]: uniqueName('patched') }, { headers });
        const responses = await Promise.all([patch(), patch()]);
        expect(statuses(responses)).toEqual([200, 412]);
        const winner = responses.find(({ status }) => status === 200)!;
        expect((await api().get(path)).text).toBe(winner.text);
      }
    }
  });

  it('C3: apply either a PATCH or a DELETE with one ETag', async () => {
    for (let round = 0; round < 5; round++) {
      const path = providerPath(await createProvider(api()));
      const headers = { 'if-match': (await api().get(path)).headers.get('etag')! };
      const [patched, deleted] = await Promise.all([
        api().patch(path, { name: uniqueName() }, { headers }),
        api().delete(path, undefined, { headers }),
      ]);
      expect([
        [200, 412],
        [404, 204],
      ]).toContainEqual([patched.status, deleted.status]);
    }
  });

  it('C4: leave no orphan when models are created while their provider is deleted', async () => {
    for (let round = 0; round < 10; round++) {
      const provider = await createProvider(api());
      const path = providerPath(provider);
      const creates = Array.from({ length: 8 }, () =>
        api().post(`${path}/models`, { model: uniqueName('m') }),
      );
      const deleted = api().delete(path);
      const later = Array.from({ length: 4 }, () => api().post(`${path}/models`, { model: uniqueName('m') }));
      for (const { status } of await Promise.all([...creates, ...later]))
        expect([201, 404]).toContain(status);
      expect((await deleted).status).toBe(204);
      const orphans = 'SELECT id FROM provider_models WHERE provider_id NOT IN (SELECT id FROM providers)';
      expect(await replicas.first.database.query(orphans)).toEqual([]);
    }
  });

  it('are all counted and audited once acknowledged', async () => {
    const revision = async () => (await api().get('/v1/account')).body.revision as number;
    const before = await revision();
    const providers = await Promise.all(Array.from({ length: 20 }, () => createProvider(api())));
    await Promise.all(providers.map((provider) => createModel(api(), provider.id)));
    await Promise.all(providers.map((provider) => api().delete(providerPath(provider))));
    expect(await revision()).toBe(before + 60);
    const ids = new Set(providers.map(({ id }) => id));
    const { body } = await api().get('/v1/audit-events?limit=200');
    const actions = (body as Json[])
      .filter(({ resource }) => ids.has(resource.id))
      .map(({ action }) => action);
    expect(actions.filter((action) => action === 'provider.create')).toHaveLength(20);
    expect(actions.filter((action) => action === 'provider.delete')).toHaveLength(20);
  });
});
