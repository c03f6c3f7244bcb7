import { startTestApp, type TestApp } from '../../support/app/app';
import { createProvider } from '../../support/clients/accounts';

describe('text in a body', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const createNamed = (name: string) =>
    app.api.post('/v1/llm-providers', { name, provider: 'openai', api_key: 'sk-0123456789abcdef' });

  describe('with a control character', () => {
    const controls = ['\0', '\u0001', '\t', '\n', '\r', '\u001b', '\u007f', '\u0085', '\u009f'];

    it.each(controls.map((control) => [JSON.stringify(control), control]))(
      '(%s) is rejected as a name, model, tag and URL',
      async (_shown, control) => {
        const { id, modelIds } = await createProvider(app.api, {}, ['m']);
        const provider = `/v1/llm-providers/${id}`;
        const model = `${provider}/models/${modelIds[0]}`;
        const responses = [
          await createNamed(`a${control}b`),
          await app.api.patch(provider, { name: `a${control}b` }),
          await app.api.patch(provider, { base_url: `http://127.0.0.1:9000/a${control}b` }),
          await app.api.post(`${provider}/models`, { model: `a${control}b` }),
          await app.api.post(`${provider}/models`, { model: `a${control}` }),
          await app.api.patch(model, { tags: ['fine', `a${control}b`] }),
          await app.api.post('/v1/tokens', { name: `a${control}b`, scopes: ['admin'] }),
        ];
        expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 422));
      },
    );
  });

  it.each(['​', '‎', '‮', '﻿', '⁦', '\u2028', '\u00ad'])(
    'with the invisible character %j is rejected as a name',
    async (invisible) => {
      expect((await createNamed(`open${invisible}ai`)).status).toBe(422);
    },
  );

  it.each([
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'null',
    'undefined',
    'true',
    '0',
    '%',
    '_',
    '..',
    '/',
    '\\',
    "' OR 1=1 --",
    '"',
    '${x}',
    '<script>',
    '{}',
    '日本語',
    '👩‍👩‍👧',
  ])('%s is accepted as a name', async (name) => {
    const created = await createNamed(name);
    expect(created).toMatchObject({ status: 201, body: { name } });
    const model = await app.api.post(`/v1/llm-providers/${created.body.id}/models`, {
      model: name,
      tags: [name],
    });
    expect(model).toMatchObject({
      status: 201,
      body: { model: name, selector: `${name}^${name}`, tags: [name] },
    });
    const found = await app.api.get(`/v1/llm-providers?name=${encodeURIComponent(name)}`);
    expect(found.body.map(({ id }: { id: string }) => id)).toEqual([created.body.id]);
  });

  it('of 4-byte characters may fill a column, but not exceed it', async () => {
    const emoji = '😀';
    const { id, modelIds } = await createProvider(app.api, {}, ['m']);
    const provider = `/v1/llm-providers/${id}`;
    const model = `${provider}/models/${modelIds[0]}`;
    for (const [path, field, length] of [
      [provider, 'name', 200],
      [model, 'model', 512],
    ] as const) {
      const full = emoji.repeat(length);
      expect((await app.api.patch(path, { [field]: full })).body[field]).toBe(full);
      expect((await app.api.get(path)).body[field]).toBe(full);
      expect((await app.api.patch(path, { [field]: full + emoji })).status).toBe(422);
    }
    const tag = emoji.repeat(64);
    expect((await app.api.patch(model, { tags: [tag] })).body.tags).toEqual([tag]);
    expect((await app.api.patch(model, { tags: [tag + emoji] })).status).toBe(422);
    const token = await app.api.post('/v1/tokens', { name: emoji.repeat(200), scopes: ['admin'] });
    expect(token).toMatchObject({ status: 201, body: { name: emoji.repeat(200) } });
    // The audit event contains both names of a model.
    const { body } = await app.api.patch(model, { priority: 3 });
    const events = (await app.api.get('/v1/audit-events')).body;
    expect(events[0].resource.name).toBe(body.selector);
  });
});
