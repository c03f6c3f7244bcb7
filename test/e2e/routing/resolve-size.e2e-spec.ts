import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import { createModel, createOtherAccount, createProvider } from '../../support/registry/factories';
import { resolve } from '../../support/registry/routing';
import { copyModel } from '../../support/registry/seed-rows';

describe('the response of POST /v1/resolve for many large models', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const MEBIBYTE = 1024 * 1024;
  /** In code points, which take four bytes each. */
  const MAX_NAME = 200;
  const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

  /** Resolves a tag of many models of a new account. */
  async function resolveMany(count: number, provider: Json, model: Json, nameOf: (index: number) => string) {
    const api = await createOtherAccount(app);
    const { id } = await createProvider(api, provider);
    const first = await createModel(api, id, { ...model, tags: ['many'] });
    await copyModel(app.database, first.id, count, nameOf);
    return (body: Json) => resolve(api, { selector: '#many', ...body });
  }

  it('includes at most 1 MiB of fallbacks, and whether some were left out', async () => {
    const advanced_json = { text: 'é'.repeat(32_000) };
    const many = await resolveMany(40, { advanced_json }, { advanced_json }, (index) => `m${index}`);
    const { body } = await many({ max_fallbacks: 1000 });
    expect(body.fallbacks_truncated).toBe(true);
    expect(body.fallbacks.length).toBeGreaterThan(MEBIBYTE / bytesOf(body.selected) - 2);
    expect(bytesOf(body.fallbacks)).toBeLessThan(MEBIBYTE);
    const few = (await many({ max_fallbacks: 3 })).body;
    expect(few.fallbacks_truncated).toBe(false);
    expect(few.fallbacks).toEqual(body.fallbacks.slice(0, 3));
  });

  it('includes at most 1 MiB of considered models, and whether some were left out', async () => {
    const many = await resolveMany(1000, { name: '𝄞'.repeat(MAX_NAME) }, {}, (index) =>
      `${index}`.padEnd(2 * MAX_NAME - 4, '𝄞'),
    );
    const { body } = await many({ explain: true, max_fallbacks: 0 });
    expect(body.considered_truncated).toBe(true);
    expect(body.considered.length).toBeGreaterThan(200);
    expect(bytesOf(body.considered)).toBeLessThan(MEBIBYTE);
  });
});
