import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import {
  createModel,
  createProvider,
  invalid,
  modelPath,
  problem,
  providerPath,
} from '../../support/registry/factories';

const SECRET = 'Wq7-secret-header-value';

/** The resources that have `advanced_json`: the table, and how to create one. */
const resources: readonly [string, (app: TestApp, advanced_json: unknown) => Promise<Json>][] = [
  ['providers', (app, advanced_json) => createProvider(app.api, { advanced_json })],
  [
    'provider_models',
    async (app, advanced_json) => {
      const { id } = await createProvider(app.api);
      return createModel(app.api, id, { advanced_json });
    },
  ],
];

function pathOf(resource: Json): string {
  return 'provider_id' in resource ? modelPath(resource) : providerPath(resource);
}

describe.each(resources)('advanced_json of %s', (table, create) => {
  let app: TestApp;
  let resource: Json;
  const patch = (advanced_json: unknown) => app.api.patch(pathOf(resource), { advanced_json });
  const row = async () =>
    (await app.database.query(`SELECT * FROM ${table} WHERE id = ?`, [resource.id]))[0]!;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    resource = await create(app, { extra_headers: { 'X-Client-Team': 'blue', 'X-Token': SECRET } });
  });

  it('returns the object as it was sent, with any keys in their order', async () => {
    const value = {
      z: 1,
      a: { toString: 'x', valueOf: [{}], hasOwnProperty: null },
      toString: 'kept',
      'a/b~c': '😀',
      small: 1e-7,
      large: Number.MAX_SAFE_INTEGER,
    };
    const { text, headers } = await patch(value);
    expect(text).toContain(JSON.stringify(value));
    const read = await app.api.get(pathOf(resource));
    expect(read.text).toBe(text);
    expect(read.headers.get('etag')).toBe(headers.get('etag'));
  });

  it('keeps the object when absent, clears it with null and empties it with {}', async () => {
    expect((await app.api.patch(pathOf(resource), {})).body.advanced_json).toEqual(resource.advanced_json);
    expect((await patch(null)).body.advanced_json).toEqual(table === 'providers' ? null : {});
    expect((await patch({})).body.advanced_json).toEqual({});
  });

  it('replaces the whole object', async () => {
    await patch({ temperature: 1 });
    expect((await patch({ top_p: 1 })).body.advanced_json).toEqual({ top_p: 1 });
  });

  it.each([[[]], ['{}'], [5], [true]])('rejects %j', async (value) => {
    expect(problem(await patch(value))).toEqual(invalid('/advanced_json'));
  });

  it.each([
    [{ model: 'x' }, '/model'],
    [{ messages: [] }, '/messages'],
    [{ input: '' }, '/input'],
    [{ stream: true }, '/stream'],
    [{ timeout_ms: 0 }, '/timeout_ms'],
    [{ timeout_ms: '5' }, '/timeout_ms'],
    [{ anthropic_version: 'latest' }, '/anthropic_version'],
    [{ extra_query: { a: 1 } }, '/extra_query/a'],
    [{ extra_query: { accessToken: 'x' } }, '/extra_query/accessToken'],
    [{ extra_query: { 'subscription-key': 'x' } }, '/extra_query/subscription-key'],
    [{ extra_query: { apisecret: 'x' } }, '/extra_query/apisecret'],
    [{ api_key: 'x' }, '/api_key'],
    [{ default_headers: { 'X-Client-Token': 'x' } }, '/default_headers/X-Client-Token'],
    [{ metadata: { a: [{ authorization: 'x' }] } }, '/metadata/a/0/authorization'],
    [{ ['x'.repeat(129)]: 1 }, `/${'x'.repeat(129)}`],
    [{ metadata: { team: 'sk-live-1234567890' } }, '/metadata/team'],
    [{ extra_headers: [] }, '/extra_headers'],
    [{ extra_headers: { 'X-A': 1 } }, '/extra_headers/X-A'],
    [{ extra_headers: { Host: 'x' } }, '/extra_headers/Host'],
    [{ extra_headers: { Connection: 'x' } }, '/extra_headers/Connection'],
    [{ extra_headers: { Authorization: 'Bearer x' } }, '/extra_headers/Authorization'],
    [{ extra_headers: { 'x-api-key': 'x' } }, '/extra_headers/x-api-key'],
    [{ extra_headers: { 'X-A': 'a\r\nX-B: c' } }, '/extra_headers/X-A'],
  ])('rejects %j at its pointer and changes nothing', async (value, pointer) => {
    const before = await row();
    expect(problem(await patch(value))).toEqual(invalid(`/advanced_json${pointer}`));
    expect(await row()).toEqual(before);
  });

  it.each([
    { metadata: { session_id: 'a', key: 'b' } },
    { tools: [{ type: 'file_search', filters: { type: 'gte', key: 'date', value: 1704067200 } }] },
    { response_format: { json_schema: { schema: { properties: { token: { minLength: 1 } } } } } },
  ])('accepts %j and shows it', async (value) => {
    expect((await patch(value)).body.advanced_json).toEqual(value);
    expect((await app.api.get(pathOf(resource))).body.advanced_json).toEqual(value);
  });

  it('accepts at most 64 KiB', async () => {
    const padding = 'x'.repeat(65_536 - '{"a":""}'.length);
    expect((await patch({ a: padding })).status).toBe(200);
    expect(problem(await patch({ a: `${padding}x` }))).toEqual(invalid('/advanced_json'));
  });

  it('accepts at most 32 levels, the body included', async () => {
    const nested = (levels: number): unknown => (levels === 1 ? {} : { a: nested(levels - 1) });
    expect((await patch(nested(31))).body.advanced_json).toEqual(nested(31));
    expect(problem(await patch(nested(32)))).toEqual({ status: 400, code: 'body.too_deep' });
  });

  describe('headers that are not known to be harmless', () => {
    it.each([
      'X-Auth',
      'cookie',
      'X-Secret-Thing',
      'my-password',
      'X-Goog-Credential',
      'ocp-apim-subscription-key',
      'X-JWT',
      'X-Session-Id',
      'X-Team',
      'X-Client-Secret',
      'X-Client-Api-Key',
    ])('stores the value of %s sealed and shows it as "***"', async (name) => {
      const { body, text } = await patch({ extra_headers: { [name]: SECRET, 'X-Client-Team': 'red' } });
      expect(body.advanced_json).toEqual({ extra_headers: { [name]: '***', 'X-Client-Team': 'red' } });
      expect(text + (await app.database.dump()) + app.logs()).not.toContain(SECRET);
    });

    it('keeps a header and its sealed value when "***" is sent back', async () => {
      const before = await row();
      const { body } = await patch({ top_k: 1, ...resource.advanced_json });
      expect(body.advanced_json).toEqual({ top_k: 1, ...resource.advanced_json });
      expect((await row()).sealed_headers).toEqual(before.sealed_headers);
    });

    it('removes a header that is left out, which "***" does not restore', async () => {
      await patch({ extra_headers: { 'X-Client-Team': 'blue' } });
      expect((await row()).sealed_headers).toBeNull();
      const response = await patch({ extra_headers: { 'X-Token': '***' } });
      expect(problem(response)).toEqual(invalid('/advanced_json/extra_headers/X-Token'));
    });

    it('keeps each header separately and re-seals them beside a new one', async () => {
      const before = await row();
      await patch({ extra_headers: { 'X-Token': '***', 'X-Key': 'new' } });
      expect((await row()).sealed_headers).not.toEqual(before.sealed_headers);
      expect((await patch({ extra_headers: { 'X-Token': '***' } })).status).toBe(200);
      const removed = await patch({ extra_headers: { 'X-Token': '***', 'X-Key': '***' } });
      expect(problem(removed)).toEqual(invalid('/advanced_json/extra_headers/X-Key'));
    });

    it('rejects "***" on creation', async () => {
      const { id } = await createProvider(app.api);
      const body = { advanced_json: { extra_headers: { 'X-Token': '***' } } };
      const response =
        table === 'providers'
          ? await app.api.post('/v1/llm-providers', {
              name: 'masked',
              provider: 'openai',
              api_key: 'k',
              ...body,
            })
          : await app.api.post(`/v1/llm-providers/${id}/models`, { model: 'masked', ...body });
      expect(problem(response)).toEqual(invalid('/advanced_json/extra_headers/X-Token'));
    });

    it('returns 409 for "***" when the header cannot be opened, and accepts a new value', async () => {
      await app.database.query(`UPDATE ${table} SET headers_version = headers_version + 1 WHERE id = ?`, [
        resource.id,
      ]);
      expect(problem(await patch(resource.advanced_json))).toEqual({
        status: 409,
        code: 'llm_providers.secret_undecryptable',
      });
      expect((await patch({ extra_headers: { 'X-Token': 'new' } })).status).toBe(200);
      expect((await patch({ extra_headers: { 'X-Token': '***' } })).status).toBe(200);
    });
  });

  describe('secrets that an older version stored in plain text', () => {
    const stored = {
      extra_headers: { 'X-JWT': SECRET, 'X-Title': 'app' },
      extra_query: { accessToken: SECRET, 'api-version': '1' },
      default_headers: { 'X-Api-Key': SECRET },
    };
    const shown = {
      extra_headers: { 'X-JWT': '***', 'X-Title': 'app' },
      extra_query: { accessToken: '***', 'api-version': '1' },
      default_headers: { 'X-Api-Key': '***' },
    };

    beforeEach(async () => {
      await app.database.query(
        `UPDATE ${table} SET advanced_json = ?, sealed_headers = NULL, headers_key_id = NULL WHERE id = ?`,
        [JSON.stringify(stored), resource.id],
      );
    });

    it('are masked in responses and audit events', async () => {
      const read = await app.api.get(pathOf(resource));
      expect(read.body.advanced_json).toEqual(shown);
      const changed = await app.api.patch(pathOf(resource), { advanced_json: { top_p: 1 } });
      const events = await app.api.get('/v1/audit-events');
      expect(read.text + changed.text + events.text).not.toContain(SECRET);
    });

    it('are sealed when "***" is sent back', async () => {
      const { body } = await patch({ extra_headers: shown.extra_headers });
      expect(body.advanced_json).toEqual({ extra_headers: shown.extra_headers });
      const { advanced_json, sealed_headers } = await row();
      expect(advanced_json).not.toContain(SECRET);
      expect(sealed_headers).toBeTruthy();
      const before = sealed_headers;
      expect((await patch({ extra_headers: shown.extra_headers })).status).toBe(200);
      expect((await row()).sealed_headers).toEqual(before);
    });
  });
});
