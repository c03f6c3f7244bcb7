import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiClient, Json } from '../../support/clients/http-client';
import {
  API_KEY,
  clientWith,
  createModel,
  createProvider,
  invalid,
  modelPath,
  problem,
  providerBody,
  providerPath,
} from '../../support/registry/factories';

const HOME = 'https://llm.example.com/v1';
const ELSEWHERE = 'https://evil.example.net/v1';
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

describe('where the secrets of a provider may go', () => {
  let app: TestApp;
  let writer: ApiClient;

  beforeAll(async () => {
    app = await startTestApp();
    writer = await clientWith(app, ['providers:write']);
  });
  afterAll(() => app.stop());

  describe('base_url', () => {
    it.each([
      ['https://API.Example.com/v1/', 'https://api.example.com/v1'],
      ['https://api.example.com.:443/', 'https://api.example.com'],
      ['http://localhost:11434', 'http://localhost:11434'],
      ['https://[2606:4700::1111]/v1', 'https://[2606:4700::1111]/v1'],
      ['https://bücher.example/v1', 'https://xn--bcher-kva.example/v1'],
    ])('%s is stored as %s', async (base_url, stored) => {
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
    ])('%j is refused', async (base_url) => {
      const answer = await writer.post('/v1/llm-providers', providerBody({ base_url }));
      expect(problem(answer)).toEqual(invalid('/base_url'));
      expect(answer.text).not.toContain('user:pass');
    });

    it('has at most 2048 characters', async () => {
      const base_url = `${HOME}/`.padEnd(2048, 'a');
      expect((await createProvider(writer, { base_url })).base_url).toBe(base_url);
      const answer = await writer.post('/v1/llm-providers', providerBody({ base_url: `${base_url}a` }));
      expect(problem(answer)).toEqual(invalid('/base_url'));
    });

    it.each(['http://169.254.169.254/latest', 'http://[fe80::1]:8080', 'http://127.0.0.1:80'])(
      '%s is denied at save',
      async (base_url) => {
        const answer = await writer.post('/v1/llm-providers', providerBody({ base_url }));
        expect(problem(answer)).toEqual({ status: 422, code: 'egress_denied', pointers: ['/base_url'] });
      },
    );
  });

  describe('a token with providers:write alone', () => {
    let provider: Json;
    const patch = (body: unknown) => writer.patch(providerPath(provider), body);

    beforeEach(async () => {
      provider = await createProvider(writer, { base_url: HOME });
    });

    it.each([
      ['another host', { base_url: ELSEWHERE }],
      ['another port', { base_url: 'https://llm.example.com:8443/v1' }],
      ['another scheme', { base_url: 'http://llm.example.com/v1' }],
      ["the vendor's own host", { base_url: null }],
      ['another kind', { provider: 'anthropic' }],
    ])('needs the key for %s, and changes nothing without it', async (_case, body) => {
      expect(problem(await patch(body))).toEqual(keyRequired);
      expect((await writer.get(providerPath(provider))).body).toEqual(provider);
      expect((await patch({ ...body, api_key: API_KEY })).body).toMatchObject(body);
    });

    it('may change the path, the host’s case and the default port', async () => {
      for (const base_url of ['https://llm.example.com/other', 'https://LLM.example.com:443/v1']) {
        expect((await patch({ base_url })).status).toBe(200);
      }
    });

    it('may not spell out the vendor’s host and then walk away from it', async () => {
      provider = await createProvider(writer);
      expect((await patch({ base_url: 'https://api.openai.com/v1' })).status).toBe(200);
      expect(problem(await patch({ base_url: ELSEWHERE }))).toEqual(keyRequired);
    });

    it('needs the provider’s secret headers too, sent anew or removed', async () => {
      provider = await createProvider(writer, { base_url: HOME, advanced_json: secretHeader('s1') });
      const move = { base_url: ELSEWHERE, api_key: API_KEY };
      expect(problem(await patch(move))).toEqual(headersRequired);
      expect(problem(await patch({ ...move, advanced_json: secretHeader('***') }))).toEqual(headersRequired);
      expect((await writer.get(providerPath(provider))).body).toEqual(provider);
      expect((await patch({ ...move, advanced_json: secretHeader('s2') })).status).toBe(200);
      expect((await patch({ ...move, base_url: HOME, advanced_json: null })).status).toBe(200);
    });

    it('cannot move a provider whose models have secret headers', async () => {
      const model = await createModel(writer, provider.id, { advanced_json: secretHeader('m1') });
      const move = { base_url: ELSEWHERE, api_key: API_KEY };
      expect(problem(await patch(move))).toEqual(headersRequired);
      await writer.patch(modelPath(model), { advanced_json: null });
      expect((await patch(move)).status).toBe(200);
    });
  });

  describe('a token with admin', () => {
    let provider: Json;
    const patch = (body: unknown) => app.api.patch(providerPath(provider), body);

    beforeEach(async () => {
      provider = await createProvider(app.api, { base_url: HOME, advanced_json: secretHeader('s1') });
    });

    it('may move the stored key and secret headers along', async () => {
      await createModel(app.api, provider.id, { advanced_json: secretHeader('m1') });
      expect((await patch({ base_url: ELSEWHERE })).body).toMatchObject({
        base_url: ELSEWHERE,
        advanced_json: secretHeader('***'),
      });
      expect((await patch({ provider: 'anthropic' })).status).toBe(200);
    });

    it('sends "***" in vain where the origin changes', async () => {
      const answer = await patch({ base_url: ELSEWHERE, advanced_json: secretHeader('***') });
      expect(problem(answer)).toEqual(headersRequired);
      expect((await app.api.get(providerPath(provider))).body).toEqual(provider);
    });
  });
});
