import { startTestApp, type TestApp } from './support/app';

describe('smoke', () => {
  let app: TestApp;
  beforeAll(async () => { app = await startTestApp(); });
  afterAll(() => app.stop());
  it('works', async () => {
    const created = await app.api.post('/v1/llm-providers', { name: 'a', provider: 'openai', api_key: 'sk-test-0123456789abcdef' });
    expect(created.status).toBe(201);
    const id = (created.body as { id: string }).id;
    const m = await app.api.post(`/v1/llm-providers/${id}/models`, { model: 'gpt', cost_per_1k_input: 0.000000000001, multiplier: 1.5 });
    expect(m.status).toBe(201);
    const list = await app.api.get('/v1/llm-providers');
    expect(list.body).toMatchObject([{ name: 'a', models: [{ model: 'gpt', cost_per_1k_input: 1e-12, multiplier: 1.5 }] }]);
    expect((await app.api.patch(`/v1/llm-providers/${id}`, { name: 'b' })).status).toBe(200);
    expect((await app.api.get('/v1/audit-events')).status).toBe(200);
    expect((await app.api.delete(`/v1/llm-providers/${id}`)).status).toBe(204);
  });
});
