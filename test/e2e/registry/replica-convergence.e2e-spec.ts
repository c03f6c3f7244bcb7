import { ServiceReplicas } from '../../support/app/service-replicas';
import type { ApiClient, ApiResponse, Json } from '../../support/clients/api-client';
import { engine } from '../../support/database/database';
import { eventually } from '../../support/eventually';
import { paced } from '../../support/pace';
import {
  withoutRequestIds,
  createModel,
  createProvider,
  modelPath,
  providerPath,
} from '../../support/registry/factories';
import { createRandom } from '../../support/registry/random';
import { RandomWrites, RESOLUTIONS } from '../../support/registry/random-writes';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

/** The default poll interval and one second. */
const FOLLOW_DEADLINE_MS = 2000;
const ROUNDS = 25;
const WRITES_PER_ROUND = 16;

const onServer = engine === 'mariadb' ? describe : describe.skip;

onServer('replicas in separate processes', () => {
  let replicas: ServiceReplicas;
  let upstream: ScriptedUpstream;
  let a: ApiClient;
  let b: ApiClient;

  beforeAll(async () => {
    replicas = await ServiceReplicas.create();
    upstream = await ScriptedUpstream.start(replyJson(openaiModelList(['gpt-4o', 'o3', 'o3-mini', 'new'])));
    [a, b] = [await replicas.start(), await replicas.start()];
  });
  afterAll(() => Promise.all([replicas.stop(), upstream.stop()]));

  const resolve = (api: ApiClient, body: Json, revision?: number): Promise<ApiResponse> =>
    api.post('/v1/resolve', body, { headers: at(revision) });
  const at = (revision?: number) => (revision ? { 'x-registry-revision': String(revision) } : undefined);
  const revisionOf = ({ headers }: ApiResponse) => Number(headers.get('x-registry-revision'));
  const exact = (provider: Json, model: Json): Json => ({ selector: `${provider.name}^${model.model}` });
  const costOf = ({ body }: ApiResponse) => body.selected?.cost_per_1k_input;

  /** Reads routes, selectors and providers, without what differs between replicas or requests. */
  async function readAll(api: ApiClient, revision?: number): Promise<Json[]> {
    const bodies = await Promise.all(
      RESOLUTIONS.map(async (body) => {
        const response = await resolve(api, body, revision);
        return {
          request: body,
          status: response.status,
          response: response.status === 200 ? response.body : withoutRequestIds(response),
        };
      }),
    );
    const selectors = await api.get('/v1/selectors', { headers: at(revision) });
    const list = await api.get('/v1/llm-providers', { headers: at(revision) });
    return [...bodies, selectors.text, revisionOf(selectors), list.text, list.headers.get('etag')];
  }

  const expectFollowed = async (change: string, isSeen: () => Promise<boolean>) => {
    const { milliseconds, limit } = await paced(() => eventually(change, isSeen));
    expect(milliseconds).toBeLessThan(limit(FOLLOW_DEADLINE_MS));
  };

  /** Brings both replicas up to date. */
  const settle = async (): Promise<void> => {
    const { revision } = (await a.get('/v1/account')).body;
    for (const api of [a, b]) await resolve(api, {}, revision);
  };

  it('follow a write on another replica within one poll and one second', async () => {
    const provider = await createProvider(a);
    const model = await createModel(a, provider.id, { cost_per_1k_input: 1 });
    const seen = (cost: unknown) => async () => costOf(await resolve(b, exact(provider, model))) === cost;
    await expectFollowed('the new model', seen(1));
    await a.patch(modelPath(model), { cost_per_1k_input: 2 });
    await expectFollowed('its change', seen(2));
    await a.delete(modelPath(model));
    await expectFollowed('its deletion', seen(undefined));
    expect((await resolve(b, exact(provider, model))).body.code).toBe('routing.no_route');
  });

  it('return a write on another replica immediately when the request sends its revision', async () => {
    const provider = await createProvider(a);
    const model = await createModel(a, provider.id);
    await resolve(b, {});
    for (let round = 1; round <= 20; round++) {
      const [here, there] = round % 2 ? [a, b] : [b, a];
      const written = await here.patch(modelPath(model), { cost_per_1k_input: round });
      const response = await resolve(there, exact(provider, model), revisionOf(written));
      expect(costOf(response)).toBe(round);
      expect(response.body.revision).toBeGreaterThanOrEqual(revisionOf(written));
    }
    const deleted = await a.delete(providerPath(provider));
    expect((await resolve(b, exact(provider, model), revisionOf(deleted))).status).toBe(404);
    const selectors = await b.get('/v1/selectors', { headers: at(revisionOf(deleted)) });
    expect(selectors.text).not.toContain(model.id);
  });

  it('return the same as each other and as a new one after random writes to both', async () => {
    const seed = 20_261_121;
    const random = createRandom(seed);
    const writes = new RandomWrites(random, upstream.url);
    let found = 0;
    for (let round = 0; round < ROUNDS; round++) {
      for (let write = 0; write < WRITES_PER_ROUND; write++) await writes.write(random(2) ? a : b);
      const [ofA, ofB] = await Promise.all([readAll(a, writes.revision), readAll(b, writes.revision)]);
      expect(ofB).toEqual(ofA);
      found += ofA.filter(({ status }) => status === 200).length;
    }
    // Ensures that enough was compared.
    expect(found).toBeGreaterThan((ROUNDS * RESOLUTIONS.length) / 4);
    const started = await readAll(await replicas.start());
    expect(await readAll(a)).toEqual(started);
    expect(await readAll(b)).toEqual(started);
  });

  it('follow concurrent writes', async () => {
    const random = createRandom(7);
    const writes = new RandomWrites(random, upstream.url);
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 12 }, (_, index) => writes.write(index % 2 ? a : b)));
      const [ofA, ofB] = await Promise.all([readAll(a, writes.revision), readAll(b, writes.revision)]);
      expect(ofB).toEqual(ofA);
    }
  });

  it('follow without the change log', async () => {
    const provider = await createProvider(a);
    const model = await createModel(a, provider.id);
    await settle();
    await a.patch(modelPath(model), { tags: ['pruned'] });
    await a.delete(providerPath(await createProvider(a)));
    await replicas.database.query('DELETE FROM registry_changes');
    const selected = async () => (await resolve(b, { selector: '#pruned' })).status === 200;
    await expectFollowed('the change', selected);
    // An earlier revision than the last added the tag.
    await settle();
    expect(await readAll(b)).toEqual(await readAll(a));
  });

  it('follow with an incomplete change log', async () => {
    const provider = await createProvider(a);
    const model = await createModel(a, provider.id);
    await settle();
    const lost = revisionOf(await a.patch(modelPath(model), { tags: ['lost'] }));
    const kept = revisionOf(await a.patch(providerPath(provider), { advanced_json: { temperature: 1 } }));
    await replicas.database.query('DELETE FROM registry_changes WHERE revision = ?', [lost]);
    expect((await resolve(b, { selector: '#lost' }, kept)).status).toBe(200);
  });

  it('follow a manual edit with a manually raised revision', async () => {
    const provider = await createProvider(a);
    const model = await createModel(a, provider.id);
    await settle();
    const logged = revisionOf(await a.patch(providerPath(provider), { advanced_json: { temperature: 2 } }));
    const { database } = replicas;
    await database.query('UPDATE provider_models SET cost_per_1k_input = 7 WHERE id = ?', [model.id]);
    await database.query('UPDATE accounts SET revision = revision + 1');
    for (const api of [a, b]) expect(costOf(await resolve(api, exact(provider, model), logged + 1))).toBe(7);
    expect(await readAll(b)).toEqual(await readAll(a));
  });

  it('contain a model once that changed by itself and with its provider', async () => {
    const provider = await createProvider(a, { base_url: upstream.url });
    const model = await createModel(a, provider.id, { model: 'twice' });
    await settle();
    await a.patch(modelPath(model), { priority: 1 });
    const imported = revisionOf(await a.post(`${providerPath(provider)}/models/import`, { models: 'all' }));
    const { body } = await resolve(b, { selector: 'twice', explain: true }, imported);
    expect(body).toMatchObject({ selected: { model_id: model.id }, fallbacks: [] });
    expect(body.considered).toHaveLength(1);
  });
});
