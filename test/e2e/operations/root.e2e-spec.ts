import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { startTestApp, type TestApp } from '../../support/app/app';

describe('GET /', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  it('redirects to /docs', async () => {
    const response = await fetch(app.url, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/docs']);
  });

  it('is 204 for HEAD without a token, by which Claude Code probes a base URL', async () => {
    const response = await fetch(app.url, { method: 'HEAD', redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([204, null]);
  });

  it('is not in the OpenAPI document', async () => {
    const { body } = await app.clientFor().get('/openapi.json');
    expect(body.paths).not.toHaveProperty(['/']);
  });
});

describe('GET /docs', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  /** Sends the path as it is. fetch would resolve its dots. */
  async function get(path: string): Promise<string> {
    const { hostname, port } = new URL(app.url);
    const socket = connect(Number(port), hostname);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: caret\r\nConnection: close\r\n\r\n`);
    return text(socket);
  }

  it('serves its files', async () => {
    expect(await get('/docs/index.html')).toMatch(/^HTTP\/1\.1 200 /);
  });

  it.each([
    '/docs/../package.json',
    '/docs/%2e%2e/package.json',
    '/docs/%2E%2E/%2e%2e/package.json',
    '/docs/..%2fpackage.json',
    '/docs/..%5cpackage.json',
    '/docs/..',
    '/docs/...',
    '/docs/swagger-ui-bundle.js/../package.json',
    '/docs/swagger-ui-bundle.js/',
    '/docs/package.json',
    '/docs/./index.html',
    '/docs//etc/passwd',
    '/docs/%00',
    `/docs/${'a'.repeat(300)}`,
  ])('returns 404 for the path %s', expectNotFound);

  it('returns 404 for a path that no file system accepts', () => expectNotFound(`/docs/${'a'.repeat(5000)}`));

  async function expectNotFound(path: string): Promise<void> {
    const response = await get(path);
    expect(response).toMatch(/^HTTP\/1\.1 404 /);
    expect(response).toContain('"code":"route.not_found"');
  }
});
