import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import {
  createModel,
  createProvider,
  modelPath,
  createOtherAccount,
  problem,
  providerPath,
  uniqueName,
} from '../../support/registry/factories';

const stale = { status: 412, code: 'request.stale_etag' };

describe('entity tags', () => {
  let app: TestApp;
  let provider: Json;
  let model: Json;
  let second: Json;
  /** Three resources with an ETag, by name. */
  const path: Record<string, string> = {};
  const etag = async (target: string) => (await app.api.get(target)).headers.get('etag')!;
  const changeModel = () => app.api.patch(modelPath(model), { priority: Math.floor(Math.random() * 1e9) });

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    provider = await createProvider(app.api);
    model = await createModel(app.api, provider.id);
    second = await createModel(app.api, provider.id);
    Object.assign(path, {
      provider: providerPath(provider),
      model: modelPath(model),
      list: '/v1/llm-providers',
    });
  });

  describe.each(['provider', 'model', 'list'])('the ETag of a %s', (name) => {
    it('is strong, and stays the same until something changes', async () => {
      const tag = await etag(path[name]!);
      expect(tag).toMatch(/^"[\x21\x23-\x7e]+"$/);
      expect(await etag(path[name]!)).toBe(tag);
    });

    it('changes with the resource', async () => {
      const tag = await etag(path[name]!);
      await changeModel();
      expect(await etag(path[name]!)).not.toBe(tag);
    });

    it('gets 304 without a body when If-None-Match has it, in any form of a list', async () => {
      const tag = await etag(path[name]!);
      for (const sent of [tag, `W/${tag}`, `"other", ${tag}`, `"a,b" , W/${tag},"c"`, '*']) {
        const response = await app.api.get(path[name]!, { headers: { 'if-none-match': sent } });
        expect([response.status, response.text, response.headers.get('etag')]).toEqual([304, '', tag]);
        expect(response.headers.get('content-type')).toBeNull();
      }
    });

    it('gets 200 when If-None-Match has another tag', async () => {
      const tag = await etag(path[name]!);
      for (const sent of ['"other"', tag.slice(1, -1), `"x${tag.slice(1)}`, tag.toUpperCase()]) {
        const response = await app.api.get(path[name]!, { headers: { 'if-none-match': sent } });
        expect([response.status, response.headers.get('etag')]).toEqual([200, tag]);
      }
    });

    it('is the same for HEAD and GET', async () => {
      const tag = await etag(path[name]!);
      const full = await app.api.request('HEAD', path[name]!);
      expect([full.status, full.text, full.headers.get('etag')]).toEqual([200, '', tag]);
      const same = await app.api.request('HEAD', path[name]!, undefined, {
        headers: { 'if-none-match': tag },
      });
      expect([same.status, same.headers.get('etag')]).toEqual([304, tag]);
    });
  });

  describe('the ETag', () => {
    it.each<[string, () => Promise<unknown>]>([
      ['a new model', () => createModel(app.api, provider.id)],
      ['a changed model', changeModel],
      ['a deleted model', () => app.api.delete(modelPath(second))],
      ['a default that moves to another model', () => app.api.patch(modelPath(second), { is_default: true })],
    ])('of a provider changes with %s', async (_case, change) => {
      const tag = await etag(path.provider!);
      await change();
      expect(await etag(path.provider!)).not.toBe(tag);
    });

    it.each<[string, () => Promise<unknown>]>([
      ['a new name of the provider', () => app.api.patch(path.provider!, { name: uniqueName() })],
      ['a default that moves to another model', () => app.api.patch(modelPath(second), { is_default: true })],
    ])('of a model changes with %s', async (_case, change) => {
      const tag = await etag(path.model!);
      await change();
      expect(await etag(path.model!)).not.toBe(tag);
    });

    it('does not change with another provider', async () => {
      const tag = await etag(path.provider!);
      const other = await createProvider(app.api);
      await createModel(app.api, other.id);
      expect(await etag(path.provider!)).toBe(tag);
    });

    it('differs between accounts with equal lists', async () => {
      const [one, other] = [await createOtherAccount(app), await createOtherAccount(app)];
      for (const api of [one, other]) await createProvider(api, { name: 'same' });
      const tag = (await one.get('/v1/llm-providers')).headers.get('etag')!;
      expect((await other.get('/v1/llm-providers', { headers: { 'if-none-match': tag } })).status).toBe(200);
    });
  });

  describe.each(['provider', 'model'])('If-Match on a %s', (name) => {
    const patch = (ifMatch: string) =>
      app.api.patch(path[name]!, name === 'provider' ? { name: uniqueName() } : { priority: 3 }, {
        headers: { 'if-match': ifMatch },
      });
    const remove = (ifMatch: string) =>
      app.api.delete(path[name]!, undefined, { headers: { 'if-match': ifMatch } });

    it('accepts a write with the current tag and returns the next tag', async () => {
      const first = await etag(path[name]!);
      const response = await patch(`"other", ${first}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('etag')).toBe(await etag(path[name]!));
      expect(problem(await patch(first))).toEqual(stale);
      expect((await remove(response.headers.get('etag')!)).status).toBe(204);
    });

    it('accepts the tag of the creation response', async () => {
      const created = await app.api.post(
        name === 'provider' ? '/v1/llm-providers' : `${path.provider!}/models`,
        name === 'provider'
          ? { name: uniqueName(), provider: 'openai', api_key: 'k' }
          : { model: uniqueName() },
      );
      path[name] = created.headers.get('location')!;
      expect((await patch(created.headers.get('etag')!)).status).toBe(200);
    });

    it('returns 412 for a stale tag and changes nothing', async () => {
      const old = await etag(path[name]!);
      await changeModel();
      const before = await app.database.query('SELECT * FROM providers ORDER BY id');
      const read = (await app.api.get(path[name]!)).text;
      expect(problem(await patch(old))).toEqual(stale);
      expect(problem(await remove(old))).toEqual(stale);
      expect((await app.api.get(path[name]!)).text).toBe(read);
      expect(await app.database.query('SELECT * FROM providers ORDER BY id')).toEqual(before);
    });

    it('accepts * for any current tag', async () => {
      expect((await patch('*')).status).toBe(200);
      expect((await remove(' * ')).status).toBe(204);
    });

    it('never matches a weak tag', async () => {
      expect(problem(await patch(`W/${await etag(path[name]!)}`))).toEqual(stale);
    });

    it.each(['unquoted', '"open', '', '*, "a"', 'W/', '"a" "b"', 'w/"a"'])(
      'returns 400 for %j',
      async (header) => {
        for (const response of [await patch(header), await remove(header)]) {
          expect(problem(response)).toEqual({ status: 400, code: 'request.if_match' });
        }
        expect((await app.api.get(path[name]!)).status).toBe(200);
      },
    );
  });

  it('accepts a write without If-Match', async () => {
    expect((await changeModel()).status).toBe(200);
    expect((await app.api.delete(path.model!)).status).toBe(204);
  });
});
