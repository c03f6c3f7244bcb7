import { startTestApp, type TestApp } from '../../support/app/app';
import { createProvider } from '../../support/clients/accounts';

const INT32_MAX = 2_147_483_647;

describe('the types of a body', () => {
  let app: TestApp;
  let provider: string;
  let model: string;

  beforeAll(async () => {
    app = await startTestApp();
    const { id, modelIds } = await createProvider(app.api, {}, ['base', 'other']);
    provider = `/v1/llm-providers/${id}`;
    model = `${provider}/models/${modelIds[1]}`;
  });
  afterAll(() => app.stop());

  async function expectInvalid(path: string, body: unknown, pointer: string) {
    const before = (await app.api.get(path)).body;
    const answer = await app.api.patch(path, body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation.failed', errors: [{ pointer }] } });
    expect((await app.api.get(path)).body).toEqual(before);
  }

  describe('of a model are not converted', () => {
    it.each<[string, unknown]>([
      ['priority', '5'],
      ['priority', true],
      ['priority', [5]],
      ['priority', 1.5],
      ['priority', INT32_MAX + 1],
      ['priority', -INT32_MAX - 2],
      ['priority', 1e21],
      ['priority', null],
      ['is_default', 1],
      ['is_default', 0],
      ['is_default', 'true'],
      ['is_default', 'false'],
      ['is_default', ''],
      ['is_default', null],
      ['multiplier', '1'],
      ['multiplier', -0.5],
      ['multiplier', true],
      ['cost_per_1k_input', '0.003'],
      ['cost_per_1k_input', -1],
      ['cost_per_1k_output', false],
      ['cost_per_1k_cache_write', []],
      ['cost_per_1k_cache_read', {}],
      ['model', 5],
      ['model', null],
      ['model', ['m']],
      ['tags', 'a'],
      ['tags', { 0: 'a' }],
      ['when', 'true'],
      ['when', []],
      ['advanced_json', '{}'],
      ['advanced_json', []],
    ])('%s: %j', async (field, value) => {
      await expectInvalid(model, { [field]: value }, `/${field}`);
    });

    it.each([0, -0, INT32_MAX, -INT32_MAX - 1, 1e3])(
      'and a priority of %s is taken as it is',
      async (priority) => {
        const answer = await app.api.patch(model, { priority });
        expect(answer.status).toBe(200);
        expect(answer.body.priority).toBe(priority + 0);
      },
    );

    it('and a number is judged by its value: 5.0 and 50e-1 are 5', async () => {
      for (const text of ['5.0', '50e-1']) {
        const answer = await app.api.patch(model, `{"priority":${text}}`);
        expect(answer).toMatchObject({ status: 200, body: { priority: 5 } });
      }
    });
  });

  describe('of a provider are not converted', () => {
    it.each<[string, unknown]>([
      ['name', 5],
      ['name', true],
      ['name', ['n']],
      ['name', { toString: 'n' }],
      ['name', null],
      ['provider', ['openai']],
      ['provider', 'OpenAI'],
      ['provider', 'toString'],
      ['api_key', 1234567890],
      ['api_key', null],
      ['base_url', 5],
      ['base_url', ['https://api.openai.com']],
      ['openai_api_mode', true],
      ['openai_api_mode', 'AUTO'],
      ['advanced_json', 'x'],
      ['advanced_json', 5],
    ])('%s: %j', async (field, value) => {
      await expectInvalid(provider, { [field]: value }, `/${field}`);
    });
  });

  it.each(['1e400', '-1e400', '1e309'])(
    'hold no number beyond a double (%s), at any depth',
    async (number) => {
      for (const body of [
        `{"priority":${number}}`,
        `{"cost_per_1k_input":${number}}`,
        `{"advanced_json":{"a":[{"b":${number}}]}}`,
      ]) {
        const answer = await app.api.patch(model, body);
        expect(answer).toMatchObject({ status: 400, body: { code: 'body.number_out_of_range' } });
      }
    },
  );

  describe('are told all at once', () => {
    it('with a pointer and a code each, and without the values', async () => {
      const body = { name: 5, provider: 'azure', api_key: 'has a space sk-leak', base_url: 7 };
      const answer = await app.api.post('/v1/llm-providers', body);
      expect(answer.status).toBe(422);
      const pointers = answer.body.errors.map(({ pointer }: { pointer: string }) => pointer);
      expect([...pointers].sort()).toEqual(['/api_key', '/base_url', '/name', '/provider']);
      for (const { code, detail } of answer.body.errors) {
        expect(code).toEqual(expect.stringMatching(/^[a-z_.]+$/));
        expect(detail).toEqual(expect.any(String));
      }
      expect(answer.text).not.toContain('sk-leak');
    });

    it('also the unknown and the missing ones, by a JSON pointer', async () => {
      const answer = await app.api.post('/v1/llm-providers', { 'what/is~this': 1, surplus: null });
      const errors = (answer.body.errors as { pointer: string; code: string }[]).map(
        ({ pointer, code }) => `${pointer} ${code}`,
      );
      expect(errors.sort()).toEqual([
        '/api_key required',
        '/name required',
        '/provider required',
        '/surplus unknown_field',
        '/what~1is~0this unknown_field',
      ]);
    });

    it.each(['id', 'account_id', 'created_at', 'key_prefix', 'secret_status', 'models', 'access'])(
      'also the unknown field %s, which no caller may set',
      async (field) => {
        await expectInvalid(provider, { [field]: 'x' }, `/${field}`);
      },
    );

    it.each(['id', 'provider_id', 'account_id', 'selector', 'default_of'])(
      'also the field %s of a model, which no caller may set',
      async (field) => {
        await expectInvalid(model, { [field]: 'x' }, `/${field}`);
      },
    );
  });
});
