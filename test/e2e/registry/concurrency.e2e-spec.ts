import { type Replicas, startReplicas } from '../../support/app/replicas';
import type { ApiClient, ApiResponse, Json } from '../../support/clients/http-client';
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
import { randomFrom } from '../../support/registry/random';

/** On a cluster as many as are promised. */
const ROUNDS = isCluster ? 500 : 60;

const statuses = (answers: readonly ApiResponse[]) => answers.map(({ status }) => status).sort();

describe('under concurrency', () => {
  let replicas: Replicas;
  let api: () => ApiClient;

  beforeAll(async () => {
    replicas = await startReplicas();
    api = replicas.api;
  });
  afterAll(() => replicas.stop());

  it(`C1: a provider has one default model after each of ${ROUNDS} rounds of changes at once`, async () => {
    const random = randomFrom(20_261_120);
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
      const answers = await Promise.all(Array.from({ length: 2 + random(7) }, () => change(before)));
      for (const { status } of answers) expect([200, 201, 204, 404]).toContain(status);
      const after = await read();
      const defaults = after.filter(({ is_default }) => is_default);
      expect(defaults).toHaveLength(after.length > 0 ? 1 : 0);
    }
  });

  it('C2: of 100 creates of one name, one is 201 and 99 are 409', async () => {
    const body = providerBody();
    const spellings = [body.name, body.name.toUpperCase(), ` ${body.name} `];
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        api().post('/v1/llm-providers', { ...body, name: spellings[index % 3] }),
      ),
    );
    expect(statuses(answers)).toEqual([201, ...Array.from({ length: 99 }, () => 409)]);
    for (const answer of answers.filter(({ status }) => status === 409)) {
      expect(problem(answer).code).toBe('llm_providers.name_conflict');
    }
  });

  it('C2: of 100 creates of one model, one is 201 and 99 are 409', async () => {
    const path = `${providerPath(await createProvider(api()))}/models`;
    const answers = await Promise.all(Array.from({ length: 100 }, () => api().post(path, { model: 'Same' })));
    expect(statuses(answers)).toEqual([201, ...Array.from({ length: 99 }, () => 409)]);
    expect((await api().get(path)).body).toHaveLength(1);
  });

  it('C2: 100 creates with one Idempotency-Key make one row and have one answer', async () => {
    const body = providerBody();
    const headers = { 'idempotency-key': uniqueName('key') };
    const post = () => api().post('/v1/llm-providers', body, { headers });
    const answers = await Promise.all(Array.from({ length: 100 }, post));
    const texts = new Set<string>();
    for (const answer of answers) {
      if (answer.status === 201) texts.add(answer.text);
      else expect(problem(answer)).toEqual({ status: 409, code: 'idempotency.in_flight' });
    }
    expect([...texts]).toEqual([(await post()).text]);
    expect((await api().get(`/v1/llm-providers?name=${body.name}`)).body).toHaveLength(1);
  });

  it('C3: of two PATCHes with one ETag, one is 200 and one is 412', async () => {
    const provider = await createProvider(api());
    const model = await createModel(api(), provider.id);
    for (let round = 0; round < 10; round++) {
      for (const [path, field] of [
        [providerPath(provider), 'name'],
        [modelPath(model), 'model'],
      ] as const) {
        const headers = { 'if-match': (await api().get(path)).headers.get('etag')! };
        const patch = () => api().patch(path, { [field]: uniqueName('patched') }, { headers });
        const answers = await Promise.all([patch(), patch()]);
        expect(statuses(answers)).toEqual([200, 412]);
        const won = answers.find(({ status }) => status === 200)!;
        expect((await api().get(path)).text).toBe(won.text);
      }
    }
  });

  it('C3: of a PATCH and a DELETE with one ETag, one wins', async () => {
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

  it('C4: models created while their provider is deleted leave no orphan', async () => {
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

  it('loses no update: every acknowledged change is counted and audited', async () => {
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
