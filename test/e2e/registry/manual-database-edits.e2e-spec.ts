import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import { eventually } from '../../support/eventually';
import {
  createModel,
  createProvider,
  modelPath,
  problem,
  providerPath,
  uniqueName,
} from '../../support/registry/factories';
import { resolve, routesOf } from '../../support/registry/routing';

const HEADER = 'X-Registry-Revision';

describe('a registry that was edited in the database', () => {
  let app: TestApp;
  let tag: string;
  let provider: Json;
  let first: Json;
  let second: Json;

  beforeAll(async () => {
    app = await startTestApp({ env: { REGISTRY_POLL_MS: '50' } });
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    tag = uniqueName('tag');
    provider = await createProvider(app.api);
    first = await createModel(app.api, provider.id, { tags: [tag] });
    second = await createModel(app.api, provider.id, { tags: [tag] });
  });

  const tagged = async () => routesOf(await resolve(app.api, { selector: `#${tag}` }));
  const listed = async () => {
    const { body } = await app.api.get('/v1/llm-providers');
    const found = (body as Json[]).find(({ id }) => id === provider.id);
    return (found?.models as Json[]).map(({ selector }) => selector);
  };

  it('is followed back to an earlier revision, as after a failover that lost writes', async () => {
    expect(await tagged()).toEqual([first.selector, second.selector]);
    expect(await listed()).toEqual([first.selector, second.selector]);
    await app.database.query('DELETE FROM provider_models WHERE id = ?', [second.id]);
    await app.database.query('UPDATE accounts SET revision = revision - 2');

    expect(await listed()).toEqual([first.selector]);
    await eventually('routing follows', async () => (await tagged()).length === 1);
    const third = await createModel(app.api, provider.id, { tags: [tag] });
    expect(await tagged()).toEqual([first.selector, third.selector]);
    expect(await listed()).toEqual([first.selector, third.selector]);
  });

  it.each([
    ['tags', '{}'],
    ['tags', '[1]'],
    ['tags', '["'],
    ['advanced_json', '[]'],
    ['advanced_json', '{'],
    ['advanced_json', 'null'],
  ])('is routed except for a model whose %s is %s', async (column, text) => {
    await app.database.query(`UPDATE provider_models SET ${column} = ? WHERE id = ?`, [text, first.id]);
    await app.database.query('UPDATE accounts SET revision = revision + 1');
    await eventually('routing follows', async () => (await tagged()).length === 1);
    expect(await tagged()).toEqual([second.selector]);
    expect(app.logs()).toContain(`cannot read model ${first.id} for routing`);
    await app.database.query('DELETE FROM provider_models WHERE id = ?', [first.id]);
  });

  it('retains the log of 4096 revisions and is followed from before them', async () => {
    expect(await tagged()).toHaveLength(2);
    const loggedBefore = (limit: number) =>
      app.database.query<{ revision: number }>(
        'SELECT revision FROM registry_changes WHERE revision < ? ORDER BY revision',
        [limit],
      );
    expect(await loggedBefore(4000)).not.toEqual([]);
    // The next write deletes old changes.
    await app.database.query('UPDATE accounts SET revision = 8191');
    const third = await createModel(app.api, provider.id, { tags: [tag] });
    expect(await loggedBefore(4096)).toEqual([]);
    expect(await tagged()).toEqual([first.selector, second.selector, third.selector]);
    const logged = await app.database.query<{ revision: number }>('SELECT revision FROM registry_changes');
    expect(logged.map(({ revision }) => Number(revision))).toContain(8192);
  });

  it('is not read older than the requested revision by a single resource', async () => {
    const { headers } = await app.api.patch(modelPath(first), { priority: 1 });
    const reached = headers.get(HEADER)!;
    for (const path of [providerPath(provider), `${providerPath(provider)}/models`, modelPath(first)]) {
      expect((await app.api.get(path, { headers: { [HEADER]: reached } })).status).toBe(200);
      const unreached = await app.api.get(path, { headers: { [HEADER]: String(Number(reached) + 100) } });
      expect(problem(unreached)).toEqual({ status: 503, code: 'registry.revision_not_reached' });
      const malformed = await app.api.get(path, { headers: { [HEADER]: 'x' } });
      expect(problem(malformed)).toEqual({ status: 400, code: 'request.registry_revision' });
    }
  });
});
