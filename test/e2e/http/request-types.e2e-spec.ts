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
    const response = await app.api.patch(path, body);
    expect(response).toMatchObject({
      status: 422,
      body: { code: 'validation.failed', errors: [{ pointer }] },
    });
    expect((await app.api.get(path)).body).toEqual(before);
  }

  describe('of a model reject other types', () => {
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
      'and accept the priority %s unchanged',
      async (priority) => {
        const response = await app.api.patch(model, { priority });
        expect(response.status).toBe(200);
        expect(response.body.priority).toBe(priority + 0);
      },
    );

    it('and accept a number by its value: 5.0 and 50e-1 are 5', async () => {
      for (const text of ['5.0', '50e-1']) {
        const response = await app.api.patch(model, `{"priority":${text}}`);
        expect(response).toMatchObject({ status: 200, body: { priority: 5 } });
      }
    });
  });

  describe('of a provider reject other types', () => {
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
    'reject the number %s, which does not fit a double, at any depth',
    async (number) => {
      for (const body of [
        `{"priority":${number}}`,
        `{"cost_per_1k_input":${number}}`,
        `{"advanced_json":{"a":[{"b":${number}}]}}`,
      ]) {
        const response = await app.api.patch(model, body);
        expect(response).toMatchObject({ status: 400, body: { code: 'body.number_out_of_range' } });
      }
    },
  );

  it('reject whole numbers beyond 2^53 - 1 in rules, contexts and advanced_json', async () => {
    const tooLarge = '1234567890123456789';
    const cases: [path: string, body: string, pointer: string][] = [
      [model, `{"when":{"user.id":${tooLarge}}}`, '/when/user.id'],
      [model, `{"advanced_json":{"seed":${tooLarge}}}`, '/advanced_json/seed'],
      [provider, `{"advanced_json":{"seed":${tooLarge}}}`, '/advanced_json/seed'],
    ];
    for (const [path, body, pointer] of cases) {
      const response = await app.api.patch(path, body);
      expect(response).toMatchObject({
        status: 400,
        body: { code: 'request.number_precision', errors: [{ pointer, code: 'number_precision' }] },
      });
    }
    for (const path of ['/v1/resolve', '/v1/cost']) {
      const response = await app.api.post(path, `{"usage":{"input":1},"context":{"user":${tooLarge}}}`);
      expect(response).toMatchObject({
        status: 400,
        body: { code: 'request.number_precision', errors: [{ pointer: '/context/user' }] },
      });
    }
    const text = await app.api.patch(model, `{"when":{"user.id":"${tooLarge}"}}`);
    expect(text).toMatchObject({ status: 200, body: { when: { 'user.id': tooLarge } } });
  });

  it.each(['100000000.000000000001', '0.1000000000000000055', '1e-400'])(
    'reject the price %s, which JSON parsers round',
    async (number) => {
      for (const [body, pointer] of [
        [`{"cost_per_1k_input":${number}}`, '/cost_per_1k_input'],
        [`{"pricing":{"units":{"request":${number}}}}`, '/pricing/units/request'],
      ] as const) {
        expect(await app.api.patch(model, body)).toMatchObject({
          status: 400,
          body: { code: 'request.number_precision', errors: [{ pointer, code: 'number_precision' }] },
        });
      }
    },
  );

  describe('report every invalid field', () => {
    it('with a pointer and a code, without the value', async () => {
      const body = { name: 5, provider: 'azure', api_key: 'has a space sk-leak', base_url: 7 };
      const response = await app.api.post('/v1/llm-providers', body);
      expect(response.status).toBe(422);
      const pointers = response.body.errors.map(({ pointer }: { pointer: string }) => pointer);
      expect([...pointers].sort()).toEqual(['/api_key', '/base_url', '/name', '/provider']);
      for (const { code, detail } of response.body.errors) {
        expect(code).toEqual(expect.stringMatching(/^[a-z_.]+$/));
        expect(detail).toEqual(expect.any(String));
      }
      expect(response.text).not.toContain('sk-leak');
    });

    it('including unknown and missing ones', async () => {
      const response = await app.api.post('/v1/llm-providers', { 'what/is~this': 1, surplus: null });
      const errors = (response.body.errors as { pointer: string; code: string }[]).map(
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
      'including the unknown field %s',
      async (field) => {
        await expectInvalid(provider, { [field]: 'x' }, `/${field}`);
      },
    );

    it.each(['id', 'provider_id', 'account_id', 'selector', 'default_of'])(
      'including the unknown field %s of a model',
      async (field) => {
        await expectInvalid(model, { [field]: 'x' }, `/${field}`);
      },
    );
  });
});
