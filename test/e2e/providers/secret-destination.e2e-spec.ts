import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiClient, Json } from '../../support/clients/api-client';
import {
  API_KEY,
  createClientWith,
  createModel,
  createProvider,
  invalid,
  modelPath,
  problem,
  providerBody,
  providerPath,
} from '../../support/registry/factories';

const CURRENT_URL = 'https://llm.example.com/v1';
const OTHER_URL = 'https://evil.example.net/v1';
const keyRequired = {
  status: 422,
  code: 'llm_providers.api_key_required',
  pointers: ['/api_key'],
};
const headersRequired = {
  status: 422,
  code: 'llm_providers.secret_headers_required',
  pointers: ['/advanced_json/extra_headers'],
};
const secretHeader = (value: string) => ({ extra_headers: { 'X-Token': value } });

describe('the destination of the secrets of a provider', () => {
  let app: TestApp;
  let writer: ApiClient;

  beforeAll(async () => {
    app = await startTestApp();
    writer = await createClientWith(app, ['providers:write']);
  });
  afterAll(() => app.stop());

  describe('base_url', () => {
    it.each([
      ['https://API.Example.com/v1/', 'https://api.example.com/v1'],
      ['https://api.example.com.:443/', 'https://api.example.com'],
      ['http://localhost:11434', 'http://localhost:11434'],
      ['https://[2606:4700::1111]/v1', 'https://[2606:4700::1111]/v1'],
      ['https://bücher.example/v1', 'https://xn--bcher-kva.example/v1'],
    ])('stores %s as %s', async (base_url, stored) => {
      expect((await createProvider(writer, { base_url })).base_url).toBe(stored);
    });

    it.each([
      5,
      '',
      'api.example.com',
      'ftp://api.example.com',
      'https://user:pass@api.example.com',
      'https://api.example.com/v1?x=1',
      'https://api.example.com/v1#f',
      'https://api.example.com:0',
      'https:/api.example.com',
      'https://api.example.com\\@127.0.0.1',
      'https://a..b',
      'https://api.example.com/\tv1',
    ])('rejects %j', async (base_url) => {
      const response = await writer.post('/v1/llm-providers', providerBody({ base_url }));
      expect(problem(response)).toEqual(invalid('/base_url'));
      expect(response.text).not.toContain('user:pass');
    });

    it('accepts at most 2048 characters', async () => {
      const base_url = `${CURRENT_URL}/`.padEnd(2048, 'a');
      expect((await createProvider(writer, { base_url })).base_url).toBe(base_url);
      const response = await writer.post('/v1/llm-providers', providerBody({ base_url: `${base_url}a` }));
      expect(problem(response)).toEqual(invalid('/base_url'));
    });

    it.each(['http://169.254.169.254/latest', 'http://[fe80::1]:8080', 'http://127.0.0.1:80'])(
      'denies %s on create',
      async (base_url) => {
        const response = await writer.post('/v1/llm-providers', providerBody({ base_url }));
        expect(problem(response)).toEqual({ status: 422, code: 'egress_denied', pointers: ['/base_url'] });
      },
    );
  });

  describe('for a token with only providers:write', () => {
    let provider: Json;
    const patch = (body: unknown) => writer.patch(providerPath(provider), body);

    beforeEach(async () => {
      provider = await createProvider(writer, { base_url: CURRENT_URL });
    });

    it.each([
      ['another host', { base_url: OTHER_URL }],
      ['another port', { base_url: 'https://llm.example.com:8443/v1' }],
      ['another scheme', { base_url: 'http://llm.example.com/v1' }],
      ["the vendor's own host", { base_url: null }],
      ['another kind', { provider: 'anthropic' }],
    ])('requires the key for %s and changes nothing without it', async (_case, body) => {
      expect(problem(await patch(body))).toEqual(keyRequired);
      expect((await writer.get(providerPath(provider))).body).toEqual(provider);
      expect((await patch({ ...body, api_key: API_KEY })).body).toMatchObject(body);
    });

    it.each(['/other', '/v1/other', '//v1', '/V1', '/a/v1', '/%2Fv1'])(
      'requires it for the path %s of the same host',
      async (path) => {
        const base_url = `https://llm.example.com${path}`;
        expect(problem(await patch({ base_url }))).toEqual(keyRequired);
        expect((await writer.get(providerPath(provider))).body).toEqual(provider);
        expect((await patch({ base_url, api_key: API_KEY })).body).toMatchObject({ base_url });
      },
    );

    it.each([
      'https://LLM.example.com:443/v1',
      'https://llm.example.com',
      'https://llm.example.com./%76%31//',
    ])('does not require it for %s, another spelling of the same URL', async (base_url) => {
      expect((await patch({ base_url })).status).toBe(200);
    });

    it('requires it after the vendor’s host was set explicitly', async () => {
      provider = await createProvider(writer);
      expect((await patch({ base_url: 'https://api.openai.com/v1' })).status).toBe(200);
      expect(problem(await patch({ base_url: OTHER_URL }))).toEqual(keyRequired);
    });

    it('requires that secret headers are resent or removed', async () => {
      provider = await createProvider(writer, { base_url: CURRENT_URL, advanced_json: secretHeader('s1') });
      const move = { base_url: OTHER_URL, api_key: API_KEY };
      expect(problem(await patch(move))).toEqual(headersRequired);
      expect(problem(await patch({ ...move, advanced_json: secretHeader('***') }))).toEqual(headersRequired);
      expect((await writer.get(providerPath(provider))).body).toEqual(provider);
      expect((await patch({ ...move, advanced_json: secretHeader('s2') })).status).toBe(200);
      expect((await patch({ ...move, base_url: CURRENT_URL, advanced_json: null })).status).toBe(200);
    });

    it('requires that secret headers of models are removed', async () => {
      const model = await createModel(writer, provider.id, { advanced_json: secretHeader('m1') });
      const move = { base_url: OTHER_URL, api_key: API_KEY };
      expect(problem(await patch(move))).toEqual(headersRequired);
      await writer.patch(modelPath(model), { advanced_json: null });
      expect((await patch(move)).status).toBe(200);
    });

    it.each([
      { extra_headers: { 'X-JWT': 'j1' } },
      { extra_query: { accessToken: 'a1' } },
      { tools: [{ type: 'mcp', authorization: 't1' }] },
    ])('requires the same for %j that an older version stored in plain text', async (stored) => {
      const model = await createModel(writer, provider.id);
      const move = { base_url: OTHER_URL, api_key: API_KEY };
      for (const [table, id] of [
        ['provider_models', model.id],
        ['providers', provider.id],
      ]) {
        const set = `UPDATE ${table} SET advanced_json = ? WHERE id = ?`;
        await app.database.query(set, [JSON.stringify(stored), id]);
        expect(problem(await patch(move))).toEqual(headersRequired);
        await app.database.query(set, ['{"extra_query":{"api-version":"1"}}', id]);
      }
      expect((await patch(move)).status).toBe(200);
    });
  });

  describe('for a token with admin', () => {
    let provider: Json;
    const patch = (body: unknown) => app.api.patch(providerPath(provider), body);

    beforeEach(async () => {
      provider = await createProvider(app.api, { base_url: CURRENT_URL, advanced_json: secretHeader('s1') });
    });

    it('moves the stored key and secret headers', async () => {
      await createModel(app.api, provider.id, { advanced_json: secretHeader('m1') });
      expect((await patch({ base_url: OTHER_URL })).body).toMatchObject({
        base_url: OTHER_URL,
        advanced_json: secretHeader('***'),
      });
      expect((await patch({ provider: 'anthropic' })).status).toBe(200);
    });

    it('moves them to another path together with "***"', async () => {
      const base_url = 'https://llm.example.com/other';
      expect((await patch({ base_url, advanced_json: secretHeader('***') })).body).toMatchObject({
        base_url,
      });
    });

    it('rejects "***" when the origin changes', async () => {
      const response = await patch({ base_url: OTHER_URL, advanced_json: secretHeader('***') });
      expect(problem(response)).toEqual(headersRequired);
      expect((await app.api.get(providerPath(provider))).body).toEqual(provider);
    });
  });
});
