import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiClient, ApiResponse, Json } from '../../support/clients/api-client';
import { findNextPage } from '../../support/clients/next-page';
import {
  createModel,
  createProvider,
  modelPath,
  createOtherAccount,
  problem,
  providerPath,
} from '../../support/registry/factories';

const badCursor = { status: 400, code: 'query.cursor' };

function cursorOf(response: ApiResponse): string {
  return new URL(findNextPage(response)!, 'http://host').searchParams.get('cursor')!;
}

describe('paging', () => {
  let app: TestApp;
  let api: ApiClient;
  let providers: Json[];

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    api = await createOtherAccount(app);
    providers = [];
    for (let index = 0; index < 5; index++) {
      providers.push(await createProvider(api, { provider: index % 2 ? 'anthropic' : 'openai' }));
    }
  });

  async function pages(path: string): Promise<Json[][]> {
    const found: Json[][] = [];
    for (let target: string | null = path; target !== null;) {
      const response: ApiResponse = await api.get(target);
      expect(response.status).toBe(200);
      found.push(response.body);
      target = findNextPage(response);
    }
    return found;
  }

  it('returns one page without a link when there is no limit', async () => {
    expect(await pages('/v1/llm-providers')).toEqual([providers]);
  });

  it.each([1, 2, 3, 4, 5, 6, 200])(
    'with limit %i returns every item once, in order, without an empty page',
    async (limit) => {
      const found = await pages(`/v1/llm-providers?limit=${limit}`);
      expect(found.flat()).toEqual(providers);
      expect(found).toHaveLength(Math.ceil(5 / limit));
    },
  );

  it('keeps filters in the link', async () => {
    const found = await pages('/v1/llm-providers?limit=1&provider=openai');
    expect(found.map(([item]) => item.id)).toEqual([providers[0].id, providers[2].id, providers[4].id]);
  });

  it('includes the models of each provider on its page', async () => {
    await createModel(api, providers[3].id, { model: 'here' });
    const found = await pages('/v1/llm-providers?limit=2');
    expect(found[1]![1].models).toMatchObject([{ model: 'here' }]);
    expect(found.flat().flatMap(({ models }) => models)).toHaveLength(1);
  });

  it('continues after the last item, even if that item was deleted and others were created', async () => {
    const first = await api.get('/v1/llm-providers?limit=2');
    await api.delete(providerPath(providers[1]));
    await api.delete(providerPath(providers[2]));
    const late = await createProvider(api);
    const second = await api.get(findNextPage(first)!);
    expect(second.body.map(({ id }: Json) => id)).toEqual([providers[3].id, providers[4].id]);
    expect((await api.get(findNextPage(second)!)).body).toEqual([late]);
  });

  it('returns all remaining items for a cursor without a limit', async () => {
    const cursor = cursorOf(await api.get('/v1/llm-providers?limit=2'));
    expect((await api.get(`/v1/llm-providers?cursor=${cursor}`)).body).toEqual(providers.slice(2));
  });

  it('rejects a cursor with a changed, added or missing character', async () => {
    const cursor = cursorOf(await api.get('/v1/llm-providers?limit=2'));
    const changed = [...cursor].map(
      (character, index) =>
        `${cursor.slice(0, index)}${character === 'A' ? 'B' : 'A'}${cursor.slice(index + 1)}`,
    );
    const others = [
      `${cursor}=`,
      `${cursor}A`,
      `${cursor}!`,
      ` ${cursor}`,
      cursor.slice(0, -1),
      providers[1].id,
    ];
    for (const bad of [...changed, ...others]) {
      const response = await api.get(`/v1/llm-providers?limit=2&cursor=${encodeURIComponent(bad)}`);
      expect(problem(response)).toEqual(badCursor);
    }
  });

  it('rejects a cursor of another account, filter or list', async () => {
    const cursor = cursorOf(await api.get('/v1/llm-providers?limit=2'));
    const stranger = await createOtherAccount(app);
    const responses = [
      await stranger.get(`/v1/llm-providers?cursor=${cursor}`),
      await api.get(`/v1/llm-providers?provider=openai&cursor=${cursor}`),
      await api.get(`/v1/llm-providers?name=x&cursor=${cursor}`),
      await api.get(`${providerPath(providers[0])}/models?cursor=${cursor}`),
      await api.get(`/v1/tokens?cursor=${cursor}`),
      await api.get(`/v1/audit-events?cursor=${cursor}`),
    ];
    for (const response of responses) expect(problem(response)).toEqual(badCursor);
  });

  describe('a list of models', () => {
    let path: string;
    let models: Json[];

    beforeEach(async () => {
      path = `${providerPath(providers[0])}/models`;
      for (const priority of [0, 5, -3, 5, 0, 2_147_483_647, -2_147_483_648]) {
        await createModel(api, providers[0].id, { priority });
      }
      models = (await api.get(path)).body;
    });

    it.each([1, 2, 3, 7])('with limit %i is ordered by priority, then age', async (limit) => {
      expect((await pages(`${path}?limit=${limit}`)).flat()).toEqual(models);
      expect(models.map(({ priority }) => priority)).toEqual([2_147_483_647, 5, 5, 0, 0, -3, -2_147_483_648]);
    });

    it('continues after a deleted model', async () => {
      const first = await api.get(`${path}?limit=2`);
      await api.delete(modelPath(models[1]));
      const { body } = await api.get(findNextPage(first)!);
      expect(body.map(({ id }: Json) => id)).toEqual([models[2].id, models[3].id]);
    });

    it('rejects a cursor of another provider', async () => {
      const cursor = cursorOf(await api.get(`${path}?limit=2`));
      const response = await api.get(`${providerPath(providers[1])}/models?cursor=${cursor}`);
      expect(problem(response)).toEqual(badCursor);
    });
  });
});
