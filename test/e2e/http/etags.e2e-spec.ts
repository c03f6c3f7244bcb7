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
  /** The three resources that have a tag, by what they are called. */
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

  describe.each(['provider', 'model', 'list'])('of a %s', (name) => {
    it('are strong, and the same until something changes', async () => {
      const tag = await etag(path[name]!);
      expect(tag).toMatch(/^"[\x21\x23-\x7e]+"$/);
      expect(await etag(path[name]!)).toBe(tag);
    });

    it('change with what is shown', async () => {
      const tag = await etag(path[name]!);
      await changeModel();
      expect(await etag(path[name]!)).not.toBe(tag);
    });

    it('are answered with 304 and no body where the client has it, in any of the forms of a list', async () => {
      const tag = await etag(path[name]!);
      for (const sent of [tag, `W/${tag}`, `"other", ${tag}`, `"a,b" , W/${tag},"c"`, '*']) {
        const answer = await app.api.get(path[name]!, { headers: { 'if-none-match': sent } });
        expect([answer.status, answer.text, answer.headers.get('etag')]).toEqual([304, '', tag]);
        // Of a body that is not there (RFC 9110, section 15.4.5).
        expect(answer.headers.get('content-type')).toBeNull();
      }
    });

    it('are answered with the whole where the client has another', async () => {
      const tag = await etag(path[name]!);
      for (const sent of ['"other"', tag.slice(1, -1), `"x${tag.slice(1)}`, tag.toUpperCase()]) {
        const answer = await app.api.get(path[name]!, { headers: { 'if-none-match': sent } });
        expect([answer.status, answer.headers.get('etag')]).toEqual([200, tag]);
      }
    });

    it('are answered to HEAD as to GET', async () => {
      const tag = await etag(path[name]!);
      const whole = await app.api.request('HEAD', path[name]!);
      expect([whole.status, whole.text, whole.headers.get('etag')]).toEqual([200, '', tag]);
      const same = await app.api.request('HEAD', path[name]!, undefined, {
        headers: { 'if-none-match': tag },
      });
      expect([same.status, same.headers.get('etag')]).toEqual([304, tag]);
    });
  });

  describe('tell all that a representation shows (decision 20)', () => {
    it.each<[string, () => Promise<unknown>]>([
      ['a new model', () => createModel(app.api, provider.id)],
      ['a changed model', changeModel],
      ['a deleted model', () => app.api.delete(modelPath(second))],
      ['a moved default', () => app.api.patch(modelPath(second), { is_default: true })],
    ])('of a provider: %s', async (_case, change) => {
      const tag = await etag(path.provider!);
      await change();
      expect(await etag(path.provider!)).not.toBe(tag);
    });

    it.each<[string, () => Promise<unknown>]>([
      ['the provider’s new name', () => app.api.patch(path.provider!, { name: uniqueName() })],
      ['the default that moved away', () => app.api.patch(modelPath(second), { is_default: true })],
    ])('of a model: %s', async (_case, change) => {
      const tag = await etag(path.model!);
      await change();
      expect(await etag(path.model!)).not.toBe(tag);
    });

    it('and nothing else: another provider’s change leaves them', async () => {
      const tag = await etag(path.provider!);
      const other = await createProvider(app.api);
      await createModel(app.api, other.id);
      expect(await etag(path.provider!)).toBe(tag);
    });

    it('are not those of another account with the same list', async () => {
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

    it('lets a change through that has seen the latest, and answers with the next tag', async () => {
      const first = await etag(path[name]!);
      const answer = await patch(`"other", ${first}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('etag')).toBe(await etag(path[name]!));
      expect(problem(await patch(first))).toEqual(stale);
      expect((await remove(answer.headers.get('etag')!)).status).toBe(204);
    });

    it('takes the tag of the creation', async () => {
      const created = await app.api.post(
        name === 'provider' ? '/v1/llm-providers' : `${path.provider!}/models`,
        name === 'provider'
          ? { name: uniqueName(), provider: 'openai', api_key: 'k' }
          : { model: uniqueName() },
      );
      path[name] = created.headers.get('location')!;
      expect((await patch(created.headers.get('etag')!)).status).toBe(200);
    });

    it('holds back a change and a delete that have not, and everything stays', async () => {
      const old = await etag(path[name]!);
      await changeModel();
      const before = await app.database.query('SELECT * FROM providers ORDER BY id');
      const read = (await app.api.get(path[name]!)).text;
      expect(problem(await patch(old))).toEqual(stale);
      expect(problem(await remove(old))).toEqual(stale);
      expect((await app.api.get(path[name]!)).text).toBe(read);
      expect(await app.database.query('SELECT * FROM providers ORDER BY id')).toEqual(before);
    });

    it('takes * for whatever is there', async () => {
      expect((await patch('*')).status).toBe(200);
      expect((await remove(' * ')).status).toBe(204);
    });

    it('never matches a weak tag', async () => {
      expect(problem(await patch(`W/${await etag(path[name]!)}`))).toEqual(stale);
    });

    it.each(['unquoted', '"open', '', '*, "a"', 'W/', '"a" "b"', 'w/"a"'])(
      'refuses %j with 400',
      async (header) => {
        for (const answer of [await patch(header), await remove(header)]) {
          expect(problem(answer)).toEqual({ status: 400, code: 'request.if_match' });
        }
        expect((await app.api.get(path[name]!)).status).toBe(200);
      },
    );
  });

  it('are not needed: a write without If-Match goes through', async () => {
    expect((await changeModel()).status).toBe(200);
    expect((await app.api.delete(path.model!)).status).toBe(204);
  });
});
