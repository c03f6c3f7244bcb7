import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import {
  withoutRequestIds,
  API_KEY,
  auditOf,
  createClientWith,
  createModel,
  createProvider,
  invalid,
  createOtherAccount,
  problem,
  providerPath,
  uniqueName,
} from '../../support/registry/factories';

describe('PATCH /v1/llm-providers/{provider_id}', () => {
  let app: TestApp;
  let provider: Json;
  const patch = (body: unknown) => app.api.patch(providerPath(provider), body);
  const row = async () => {
    const rows = await app.database.query('SELECT * FROM providers WHERE id = ?', [provider.id]);
    return rows[0]!;
  };

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    provider = await createProvider(app.api, {
      base_url: 'https://llm.example.com/v1',
      openai_api_mode: 'responses',
      advanced_json: { temperature: 1, extra_headers: { 'X-Client-Team': 'blue', 'X-Token': 'secret-1' } },
    });
  });

  it('changes the sent fields, keeps the others and returns the provider as read', async () => {
    const name = uniqueName();
    const { status, headers, body } = await patch({ name });
    expect(status).toBe(200);
    expect(body).toEqual({ ...provider, name, updated_at: body.updated_at });
    expect(body.updated_at >= provider.updated_at).toBe(true);
    const read = await app.api.get(providerPath(provider));
    expect(read.body).toEqual(body);
    expect(read.headers.get('etag')).toBe(headers.get('etag'));
  });

  it.each(['base_url', 'openai_api_mode', 'advanced_json'])('clears %s with null', async (field) => {
    expect((await patch({ [field]: null })).body[field]).toBeNull();
  });

  it.each(['name', 'provider', 'api_key'])('rejects null for %s', async (field) => {
    expect(problem(await patch({ [field]: null }))).toEqual(invalid(`/${field}`));
  });

  it.each(['id', 'account_id', 'key_prefix', 'secret_status', 'models', 'created_at', 'valueOf'])(
    'rejects the read-only or unknown field %s',
    async (field) => expect(problem(await patch({ [field]: 'x' }))).toEqual(invalid(`/${field}`)),
  );

  it('changes nothing when one field is invalid', async () => {
    expect(problem(await patch({ name: uniqueName(), base_url: 'ftp://x' }))).toEqual(invalid('/base_url'));
    expect((await app.api.get(providerPath(provider))).body).toEqual(provider);
  });

  it('accepts another spelling of its name and rejects that of another provider', async () => {
    const other = await createProvider(app.api);
    expect((await patch({ name: provider.name.toUpperCase() })).body.name).toBe(provider.name.toUpperCase());
    expect(problem(await patch({ name: other.name.toUpperCase() }))).toEqual({
      status: 409,
      code: 'llm_providers.name_conflict',
    });
  });

  it('renames the selectors of its models', async () => {
    const { model } = await createModel(app.api, provider.id);
    const name = uniqueName();
    expect((await patch({ name })).body.models[0].selector).toBe(`${name}^${model}`);
  });

  it.each(['***', '•••', 'sk-…abcd', 'sk-...mnop'])('rejects the mask %s as a key', async (api_key) => {
    const before = await row();
    expect(problem(await patch({ api_key }))).toEqual(invalid('/api_key'));
    expect(await row()).toEqual(before);
  });

  it('rejects the prefix of the stored key as a key', async () => {
    const before = await row();
    expect(problem(await patch({ api_key: provider.key_prefix }))).toEqual(invalid('/api_key'));
    expect(await row()).toEqual(before);
  });

  it('replaces the key and its prefix, and audits it without the key', async () => {
    const before = await row();
    const api_key = 'sk-ant-other-0123456789abcdef-0123';
    const { body, text } = await patch({ api_key });
    expect(body).toMatchObject({ key_prefix: 'sk-ant-o', secret_status: 'ok' });
    expect(text).not.toContain(api_key);
    expect((await row()).sealed_api_key).not.toBe(before.sealed_api_key);
    const events = await auditOf(app.api, provider.id);
    expect(events.at(-1)).toMatchObject({
      action: 'provider.update',
      changes: { api_key: { before: '***', after: '***' }, key_prefix: { after: 'sk-ant-o' } },
    });
    expect(JSON.stringify(events)).not.toContain(api_key);
  });

  it('re-seals the same key with another ciphertext', async () => {
    const before = await row();
    expect((await patch({ api_key: API_KEY })).body.key_prefix).toBe(provider.key_prefix);
    expect((await row()).sealed_api_key).not.toBe(before.sealed_api_key);
  });

  it('leaves sealed secrets unchanged when other fields change', async () => {
    const before = await row();
    await patch({ name: uniqueName(), openai_api_mode: 'auto', base_url: 'https://llm.example.com/v2' });
    const columns = [
      'sealed_api_key',
      'encryption_key_id',
      'secret_version',
      'sealed_headers',
      'headers_version',
    ];
    const after = await row();
    for (const column of columns) expect(after[column]).toEqual(before[column]);
  });

  describe('with the current values', () => {
    it.each([
      ['{}', () => ({})],
      ['the name with spaces around it', () => ({ name: ` ${provider.name} ` })],
      ['another spelling of the base URL', () => ({ base_url: 'HTTPS://LLM.example.com:443/v1/' })],
      ['its own response', () => ({ advanced_json: provider.advanced_json, provider: 'openai' })],
    ])('changes nothing for %s', async (_case, body) => {
      const read = await app.api.get(providerPath(provider));
      const before = await row();
      const events = await auditOf(app.api, provider.id);
      const response = await patch(body());
      expect(response.status).toBe(200);
      expect(response.body).toEqual(provider);
      expect(response.headers.get('etag')).toBe(read.headers.get('etag'));
      expect(await row()).toEqual(before);
      expect(await auditOf(app.api, provider.id)).toEqual(events);
    });
  });

  describe('openai_api_mode', () => {
    it('is cleared by a change to anthropic and stays cleared after a change back', async () => {
      expect((await patch({ provider: 'anthropic' })).body.openai_api_mode).toBeNull();
      expect((await patch({ provider: 'openai' })).body.openai_api_mode).toBeNull();
    });

    it('is rejected with and after the change to anthropic', async () => {
      const both = await patch({ provider: 'anthropic', openai_api_mode: 'auto' });
      expect(problem(both)).toEqual(invalid('/openai_api_mode'));
      expect((await app.api.get(providerPath(provider))).body).toEqual(provider);
      await patch({ provider: 'anthropic' });
      expect(problem(await patch({ openai_api_mode: 'auto' }))).toEqual(invalid('/openai_api_mode'));
      expect((await patch({ openai_api_mode: null })).status).toBe(200);
    });
  });

  it('returns the same 404 for a provider of another account as for a missing one', async () => {
    const stranger = await createOtherAccount(app);
    const missing = await app.api.patch('/v1/llm-providers/0193b3a0-0000-7000-8000-000000000000', {});
    const foreign = await stranger.patch(providerPath(provider), { name: uniqueName() });
    expect(foreign.status).toBe(404);
    expect(withoutRequestIds(foreign)).toEqual(withoutRequestIds(missing));
    expect((await app.api.get(providerPath(provider))).body).toEqual(provider);
  });

  it('requires the scope providers:write', async () => {
    const reader = await createClientWith(app, ['providers:read']);
    expect((await reader.patch(providerPath(provider), {})).status).toBe(403);
  });
});
