import { startTestApp, type TestApp } from '../../support/app/app';
import {
  API_KEY,
  createClientWith,
  createProvider,
  invalid,
  createOtherAccount,
  problem,
  providerBody,
  uniqueName,
} from '../../support/registry/factories';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

describe('POST /v1/llm-providers', () => {
  let app: TestApp;
  const post = (overrides: object) => app.api.post('/v1/llm-providers', providerBody(overrides));

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  it('returns 201 with the provider, its Location and its ETag', async () => {
    const name = uniqueName();
    const { status, headers, body } = await app.api.post('/v1/llm-providers', {
      name,
      provider: 'anthropic',
      api_key: API_KEY,
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(UUID_V7),
      account_id: (await app.api.get('/v1/account')).body.id,
      provider: 'anthropic',
      name,
      enabled: true,
      key_prefix: 'sk-test-',
      secret_status: 'ok',
      base_url: null,
      openai_api_mode: null,
      advanced_json: null,
      created_at: expect.stringMatching(TIME),
      updated_at: body.created_at,
      models: [],
    });
    expect(headers.get('location')).toBe(`/v1/llm-providers/${body.id}`);
    const read = await app.api.get(headers.get('location')!);
    expect(read.body).toEqual(body);
    expect(read.headers.get('etag')).toBe(headers.get('etag'));
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it('stores every setting', async () => {
    const settings = {
      base_url: 'https://gateway.example.com/openai/v1',
      openai_api_mode: 'responses',
      advanced_json: { temperature: 0.2, nested: { z: 1, a: [null, true, 'x'] } },
    };
    expect(await createProvider(app.api, settings)).toMatchObject(settings);
  });

  it('requires a name, a provider and a key, and reports all missing fields together', async () => {
    expect(problem(await app.api.post('/v1/llm-providers', {}))).toEqual(
      invalid('/name', '/provider', '/api_key'),
    );
  });

  it.each([null, 'openrouter', 'OpenAI', ' openai', '', 1, ['openai']])(
    'rejects %j as provider',
    async (provider) => {
      expect(problem(await post({ provider }))).toEqual(invalid('/provider'));
    },
  );

  it.each(['models', 'id', 'key_prefix', 'apiKey', 'toString', 'hasOwnProperty', 'a/b~c'])(
    'rejects the unknown field %s at its pointer',
    async (field) => {
      const response = await post({ [field]: 'x' });
      expect(problem(response)).toEqual(invalid(`/${field.replace('~', '~0').replace('/', '~1')}`));
      expect(response.body.errors[0].code).toBe('unknown_field');
    },
  );

  it('requires the scope providers:write', async () => {
    const reader = await createClientWith(app, ['providers:read']);
    const response = await reader.post('/v1/llm-providers', providerBody());
    expect(problem(response)).toEqual({ status: 403, code: 'auth.insufficient_scope' });
    expect(response.headers.get('www-authenticate')).toContain('scope="providers:write"');
  });

  it('writes one audit event, with the key as "***"', async () => {
    const provider = await createProvider(app.api);
    const { body } = await app.api.get('/v1/audit-events?limit=1');
    expect(body[0]).toMatchObject({
      action: 'provider.create',
      resource: { type: 'provider', id: provider.id, name: provider.name },
      changes: { api_key: { before: null, after: '***' }, name: { before: null, after: provider.name } },
    });
    expect(JSON.stringify(body)).not.toContain(API_KEY);
  });

  describe('name', () => {
    it.each(['__proto__', 'constructor', 'null', '%', '..', 'a/b', 'Прод', '👩‍💻 team'])(
      'accepts %s',
      async (name) => {
        const provider = await createProvider(app.api, { name });
        expect(provider.name).toBe(name);
        const found = await app.api.get(`/v1/llm-providers?name=${encodeURIComponent(name)}`);
        expect(found.body).toEqual([provider]);
      },
    );

    it.each([
      null,
      5,
      ['a'],
      '',
      ' \u00a0 ',
      'a^b',
      'a＾b',
      'auto',
      'AUTO',
      '#tag',
      'a\u0000b',
      'a\tb',
      'a\u200bb',
    ])('rejects %j', async (name) => expect(problem(await post({ name }))).toEqual(invalid('/name')));

    it('accepts at most 200 characters after trimming, of up to four bytes each', async () => {
      expect((await post({ name: '😀'.repeat(200) })).body.name).toBe('😀'.repeat(200));
      expect(problem(await post({ name: '😀'.repeat(201) }))).toEqual(invalid('/name'));
      expect(problem(await post({ name: 'n'.repeat(201) }))).toEqual(invalid('/name'));
      expect((await post({ name: `  ${'n'.repeat(200)}\n` })).body.name).toBe('n'.repeat(200));
    });

    it('stores the name trimmed and in NFC', async () => {
      expect((await createProvider(app.api, { name: '  cafe\u0301 ' })).name).toBe('caf\u00e9');
    });

    it.each([
      ['Main', 'mAIN'],
      ['ｍａｉｎ two', 'main two'],
      ['Straße', 'STRASSE'],
      ['ΟΔΟΣ', 'οδος'],
      ['résumé', 're\u0301sume\u0301'],
      ['ﬁre', 'FIRE'],
    ])('returns 409 for %s when %s exists', async (name, existing) => {
      await createProvider(app.api, { name: existing });
      expect(problem(await post({ name }))).toEqual({
        status: 409,
        code: 'llm_providers.name_conflict',
      });
    });

    it('accepts a name that another account has', async () => {
      const { name } = await createProvider(app.api);
      expect(await createProvider(await createOtherAccount(app), { name })).toMatchObject({ name });
    });
  });

  describe('api_key', () => {
    it.each([
      null,
      5,
      '',
      'a b',
      'key\n',
      'clé',
      '***',
      '********',
      '••••',
      'sk-…abcd',
      'sk-...abcd',
      'sk-***abcd',
    ])('rejects %j without repeating it', async (api_key) => {
      const response = await post({ api_key });
      expect(problem(response)).toEqual(invalid('/api_key'));
      if (typeof api_key === 'string' && api_key.length > 5) expect(response.text).not.toContain(api_key);
    });

    it('accepts at most 16 384 characters', async () => {
      expect(problem(await post({ api_key: 'k'.repeat(16_385) }))).toEqual(invalid('/api_key'));
    });

    it.each([
      [1, 0],
      [15, 0],
      [16, 4],
      [31, 7],
      [32, 8],
      [16_384, 8],
    ])('of %i characters has a prefix of %i', async (length, shown) => {
      const key = API_KEY.repeat(420).slice(0, length);
      expect((await createProvider(app.api, { api_key: key })).key_prefix).toBe(key.slice(0, shown));
    });

    it('is not in the database, the log or any response', async () => {
      const api_key = 'sk-marker-Zq8vTn3xWb7rLk2m';
      const provider = await createProvider(app.api, { api_key });
      const listed = await app.api.get('/v1/llm-providers');
      const everything = [
        await app.database.dump(),
        app.logs(),
        listed.text,
        JSON.stringify(provider),
      ].join();
      expect(everything).not.toContain('Zq8vTn3x');
    });
  });

  describe('openai_api_mode', () => {
    it.each(['auto', 'responses', 'chat_completions', null])(
      'accepts %j for openai',
      async (openai_api_mode) => {
        expect(await createProvider(app.api, { openai_api_mode })).toMatchObject({ openai_api_mode });
      },
    );

    it.each(['chat', '', 1, true])('rejects %j', async (openai_api_mode) => {
      expect(problem(await post({ openai_api_mode }))).toEqual(invalid('/openai_api_mode'));
    });

    it('is allowed for openai only', async () => {
      const response = await post({ provider: 'anthropic', openai_api_mode: 'auto' });
      expect(problem(response)).toEqual(invalid('/openai_api_mode'));
      expect((await post({ provider: 'anthropic', openai_api_mode: null })).status).toBe(201);
    });
  });
});
