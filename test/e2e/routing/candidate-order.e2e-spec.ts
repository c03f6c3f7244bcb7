import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiClient, Json } from '../../support/clients/api-client';
import {
  createModel,
  createProvider,
  modelPath,
  createOtherAccount,
  problem,
  providerPath,
} from '../../support/registry/factories';
import { consideredIn, resolve, routesOf } from '../../support/registry/routing';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

describe('POST /v1/resolve', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    api = await createOtherAccount(app);
  });

  const provider = async (name: string) => (await createProvider(api, { name })).id as string;
  /** Creates models in this order, named by their keys, with the tag `t`. */
  async function createTagged(providerId: string, models: Record<string, Json>): Promise<void> {
    for (const [model, fields] of Object.entries(models)) {
      await createModel(api, providerId, { model, tags: ['t'], ...fields });
    }
  }
  const routes = async (selector: string, context: Json = {}) =>
    routesOf(await resolve(api, { selector, context })).map((route) => route.replace('p^', ''));

  describe('orders candidates', () => {
    it('by priority first', async () => {
      await createTagged(await provider('p'), {
        default: { when: { a: 1, b: 2 } },
        below: { priority: -2_147_483_648 },
        above: { priority: 1 },
        top: { priority: 2_147_483_647 },
      });
      expect(await routes('#t', { a: 1, b: 2 })).toEqual(['top', 'above', 'default', 'below']);
    });

    it('by the number of leaf conditions next', async () => {
      await createTagged(await provider('p'), {
        default: {},
        two: { when: { a: { $gt: 0, $lt: 2 } } },
        three: { when: { $or: [{ a: 1 }, { b: 9 }], $not: { c: 1 } } },
        one: { when: { a: 1 } },
        oneOfMany: { when: { a: { $in: [1, 2, 3, 4, 5] } } },
      });
      expect(await routes('#t', { a: 1, b: 2 })).toEqual(['three', 'two', 'one', 'oneOfMany', 'default']);
    });

    it('by being the default next, then by age', async () => {
      const [one, other] = [await provider('one'), await provider('other')];
      await createTagged(one, { first: {}, second: {} });
      await createTagged(other, { third: {}, fourth: { is_default: true } });
      expect(await routes('#t')).toEqual(['one^first', 'other^fourth', 'one^second', 'other^third']);
    });

    it('by exact spelling of a bare model among equal priority', async () => {
      for (const [name, model] of [
        ['a', 'gpt-4o'],
        ['b', 'GPT-4O'],
        ['c', 'gpt-4O'],
      ]) {
        await createModel(api, await provider(name!), { model });
      }
      await createModel(api, await provider('d'), { model: 'Gpt-4o', priority: 1 });
      expect(await routes('GPT-4O')).toEqual(['d^Gpt-4o', 'b^GPT-4O', 'a^gpt-4o', 'c^gpt-4O']);
      expect(await routes('gpt-4O')).toEqual(['d^Gpt-4o', 'c^gpt-4O', 'a^gpt-4o', 'b^GPT-4O']);
      expect(await routes('gPT-4O')).toEqual(['d^Gpt-4o', 'a^gpt-4o', 'b^GPT-4O', 'c^gpt-4O']);
    });

    it('by exact spelling before a more specific rule', async () => {
      await createModel(api, await provider('a'), { model: 'M', when: { x: 1, y: 1 } });
      await createModel(api, await provider('b'), { model: 'm' });
      expect(await routes('m', { x: 1, y: 1 })).toEqual(['b^m', 'a^M']);
    });

    it('by the current registry after each change', async () => {
      const id = await provider('p');
      const first = await createModel(api, id, { model: 'first', tags: ['t'] });
      const second = await createModel(api, id, { model: 'second', tags: ['t'] });
      expect(await routes('#t')).toEqual(['first', 'second']);
      await api.patch(modelPath(second), { is_default: true });
      expect(await routes('#t')).toEqual(['second', 'first']);
      await api.patch(modelPath(first), { priority: 1 });
      expect(await routes('#t')).toEqual(['first', 'second']);
      await api.patch(modelPath(first), { tags: null });
      expect(await routes('#t')).toEqual(['second']);
      await api.delete(modelPath(second));
      expect(problem(await resolve(api, { selector: '#t' })).status).toBe(404);
      expect(await routes('p^')).toEqual(['first']);
      await api.delete(`/v1/llm-providers/${id}`);
      expect(problem(await resolve(api, { selector: 'p^' })).status).toBe(404);
    });
  });

  describe('with auto', () => {
    it('returns models whose rule matches before defaults of any priority', async () => {
      const [one, other] = [await provider('one'), await provider('other')];
      await createTagged(one, { default: { priority: 5 }, plain: { priority: 9 }, rule: { when: { a: 1 } } });
      await createTagged(other, { low: { priority: -1 }, strict: { when: { a: 1, b: 1 } } });
      const rules = ['other^strict', 'one^rule'];
      const defaults = ['one^default', 'other^low'];
      expect(await routes('auto', { a: 1, b: 1 })).toEqual([...rules, ...defaults]);
      expect(await routes('auto', { a: 1 })).toEqual(['one^rule', ...defaults]);
      expect(await routes('auto')).toEqual(defaults);
    });

    it('returns a default with a rule only if its rule matches', async () => {
      await createTagged(await provider('one'), { conditional: { when: { tier: 'pro' } }, plain: {} });
      await createTagged(await provider('other'), { default: {} });
      expect(await routes('auto', { tier: 'pro' })).toEqual(['one^conditional', 'other^default']);
      expect(await routes('auto', { tier: 'free' })).toEqual(['other^default']);
    });
  });

  it('returns at most max_fallbacks fallbacks', async () => {
    await createTagged(await provider('p'), { a: {}, b: {}, c: {}, d: {} });
    const of = async (body: Json) => routesOf(await resolve(api, { selector: '#t', ...body }));
    const all = ['p^a', 'p^b', 'p^c', 'p^d'];
    expect(await of({})).toEqual(all);
    for (const max_fallbacks of [0, 1, 3, 4, 1000]) {
      expect(await of({ max_fallbacks })).toEqual(all.slice(0, max_fallbacks + 1));
    }
  });

  describe('with explain', () => {
    beforeEach(async () => {
      const id = await provider('p');
      await createTagged(id, {
        default: {},
        pro: { when: { 'user.tier': 'pro' }, priority: 1 },
        deep: { when: { $or: [{ a: { $gte: 5 } }, { b: { $exists: true } }] } },
        other: { tags: [] },
      });
    });
    const explained = (body: Json) => resolve(api, { explain: true, ...body });

    it('gives the outcome and the reason of each model', async () => {
      const response = await explained({ selector: '#t', context: { user: { tier: 'free' }, a: 4 } });
      expect(response.body.considered_truncated).toBe(false);
      expect(response.body.considered).toEqual([
        { selector: 'p^default', outcome: 'selected', reason: 'no rule' },
        {
          selector: 'p^pro',
          outcome: 'excluded',
          reason: 'when: /user/tier expected "pro", got "free"',
        },
        {
          selector: 'p^deep',
          outcome: 'excluded',
          reason:
            'when: none of the 2 rules in $or matches: /a expected at least 5, got 4; /b expected any value, got nothing',
        },
      ]);
    });

    it('explains fallbacks beyond max_fallbacks', async () => {
      const context = { user: { tier: 'pro' }, b: 0 };
      const response = await explained({ selector: '#t', context, max_fallbacks: 0 });
      expect(response.body.fallbacks).toEqual([]);
      expect(response.body.considered).toEqual([
        {
          selector: 'p^pro',
          outcome: 'selected',
          reason: 'when: /user/tier is "pro"; ranked before p^deep: priority 1 over 0',
        },
        {
          selector: 'p^deep',
          outcome: 'fallback',
          reason:
            'when: $or matches (/b is any value (got 0)); ranked before p^default: more conditions in its rule (2 over 0)',
        },
        { selector: 'p^default', outcome: 'fallback', reason: 'no rule' },
      ]);
    });

    it('explains selectors that resolve to no model', async () => {
      const response = await explained({ selectors: ['nobody^x', 'p^other', 'no-model'] });
      expect(consideredIn(response)).toEqual({
        'p^other': 'named by provider and model',
        'nobody^x': expect.stringContaining('there is no provider "nobody"'),
        'no-model': expect.stringContaining('no provider has a model "no-model"'),
      });
    });

    it('has no `considered` without explain', async () => {
      for (const explain of [false, undefined]) {
        const { body } = await resolve(api, { selector: '#t', explain });
        expect(Object.keys(body)).toEqual(['revision', 'selected', 'fallbacks', 'fallbacks_truncated']);
      }
    });

    it('is not required for the reasons of a 404', async () => {
      await api.delete(await modelNamed('default'));
      const { body } = await resolve(api, { selector: '#t', context: { user: { tier: ['a', 'b'] } } });
      expect(body).toMatchObject({ status: 404, code: 'routing.no_route' });
      expect(body.detail).toContain('p^pro (when: /user/tier expected "pro", got ["a","b"])');
      expect(body.detail).toContain('p^deep (when: none of the 2 rules in $or matches');
      expect(body.considered).toEqual([
        {
          selector: 'p^pro',
          outcome: 'excluded',
          reason: 'when: /user/tier expected "pro", got ["a","b"]',
        },
        {
          selector: 'p^deep',
          outcome: 'excluded',
          reason: expect.stringContaining('when: none of the 2 rules in $or matches'),
        },
      ]);
    });

    const modelNamed = async (name: string) => {
      const [{ models }] = (await api.get('/v1/llm-providers')).body;
      return modelPath((models as Json[]).find(({ model }) => model === name));
    };
  });

  it('returns 100 fallbacks by default, and at most 1000 entries of `considered`', async () => {
    const ids = Array.from({ length: 1001 }, (_, index) => `m${index}`);
    const upstream = await ScriptedUpstream.start(replyJson(openaiModelList(ids)));
    const { id } = await createProvider(api, { name: 'p', base_url: upstream.url });
    await createModel(api, id, { model: 'own', tags: ['bulk'], when: { a: 1 } });
    expect((await resolve(api, { selector: 'p^own' })).status).toBe(200);
    await api.post(`${providerPath({ id })}/models/import`, { models: 'all', tags: ['bulk'] });
    await upstream.stop();
    const { body } = await resolve(api, { selector: '#bulk', explain: true });
    expect(body.fallbacks).toHaveLength(100);
    const more = await resolve(api, { selector: '#bulk', max_fallbacks: 1000 });
    expect(more.body.fallbacks).toHaveLength(1000);
    expect(more.body.fallbacks_truncated).toBe(false);
    expect(body.considered).toHaveLength(1000);
    expect(body.considered_truncated).toBe(true);
    const ruled = await resolve(api, { selector: 'p^#bulk', context: { a: 1 }, max_fallbacks: 1 });
    expect(routesOf(ruled)).toEqual(['p^own', 'p^m0']);
  });
});
