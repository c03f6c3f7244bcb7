import { startTestApp, type TestApp } from '../../support/app/app';

describe('GET /', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  it.each(['GET', 'HEAD'])('redirects %s to /docs', async (method) => {
    const response = await fetch(app.url, { method, redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/docs']);
  });

  it('is not in the OpenAPI document', async () => {
    const { body } = await app.clientFor().get('/openapi.json');
    expect(body.paths).not.toHaveProperty(['/']);
  });
});
