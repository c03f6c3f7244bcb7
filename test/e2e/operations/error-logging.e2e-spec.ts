import { randomBytes } from 'node:crypto';
import { startTestApp, type TestApp } from '../../support/app/app';
import { ServiceProcess } from '../../support/app/service-process';
import { ApiClient, type ApiResponse } from '../../support/clients/api-client';
import { createTestDatabase } from '../../support/database/database';
import { createProvider, providerBody, providerPath } from '../../support/registry/factories';
import { findLeaks } from '../../support/secrets/leak-search';

const MARKER = 'zq7-marker-Vt3WxK9pLmR2cHd8';

describe('a statement that fails', () => {
  let app: TestApp;
  let responses: ApiResponse[];

  beforeAll(async () => {
    app = await startTestApp({ env: { LOG_LEVEL: 'trace' } });
    const provider = await createProvider(app.api);
    await app.database.query('ALTER TABLE providers RENAME COLUMN name_key TO gone');
    // A client that does not check the document, because a 500 is not in it.
    const api = new ApiClient(app.url, app.adminToken);
    responses = [
      await api.post('/v1/llm-providers', providerBody({ name: MARKER, advanced_json: { note: MARKER } })),
      await api.patch(providerPath(provider), { name: MARKER }),
    ];
  });
  afterAll(() => app.stop());

  it('returns 500', () => {
    expect(responses.map(({ status }) => status)).toEqual([500, 500]);
  });

  it('is logged with its name and place, without its parameters', () => {
    const lines = app
      .logs()
      .split('\n')
      .filter((line) => line.includes('unexpected'));
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/QueryFailedError.*providers\.repository/);
    expect(findLeaks(MARKER, app.logs())).toEqual([]);
  });

  it('is reported to the caller without its parameters', () => {
    for (const { text } of responses) expect(findLeaks(MARKER, text)).toEqual([]);
  });
});

describe('an uncaught error', () => {
  const fields = `{ parameters: ['${MARKER}'], sql: '${MARKER}', code: 'ECONNRESET' }`;
  it.each([
    ['a rejection', `Promise.reject(Object.assign(new Error('${MARKER}'), ${fields}))`],
    ['an exception', `(() => { throw Object.assign(new Error('${MARKER}'), ${fields}); })()`],
  ])('ends the process with its code and without its content: %s', async (_what, act) => {
    const database = await createTestDatabase();
    const script = `process.on('SIGUSR2', () => { ${act} })`;
    const service = await ServiceProcess.start({
      ...database.env,
      ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(script)}`,
    });
    service.signal('SIGUSR2');
    expect(await service.exited).toBe(1);
    expect(service.output).toMatch(/Caret ended\. .*ECONNRESET/);
    expect(findLeaks(MARKER, service.output)).toEqual([]);
    await database.drop();
  });
});
