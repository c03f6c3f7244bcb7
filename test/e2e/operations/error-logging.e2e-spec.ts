import { randomBytes } from 'node:crypto';
import { startTestApp, type TestApp } from '../../support/app/app';
import { ServiceProcess } from '../../support/app/service-process';
import { ApiClient, type ApiResponse } from '../../support/clients/http-client';
import { createTestDatabase } from '../../support/database/database';
import { createProvider, providerBody, providerPath } from '../../support/registry/factories';
import { leaksOf } from '../../support/secrets/leak-search';

const MARKER = 'zq7-marker-Vt3WxK9pLmR2cHd8';

describe('a statement that fails', () => {
  let app: TestApp;
  let answers: ApiResponse[];

  beforeAll(async () => {
    app = await startTestApp({ env: { LOG_LEVEL: 'trace' } });
    const provider = await createProvider(app.api);
    await app.database.query('ALTER TABLE providers RENAME COLUMN name_key TO gone');
    // A 500 is in no document.
    const api = new ApiClient(app.url, app.adminToken);
    answers = [
      await api.post('/v1/llm-providers', providerBody({ name: MARKER, advanced_json: { note: MARKER } })),
      await api.patch(providerPath(provider), { name: MARKER }),
    ];
  });
  afterAll(() => app.stop());

  it('is a bare 500', () => {
    expect(answers.map(({ status }) => status)).toEqual([500, 500]);
  });

  it('is logged by what it was and where, with nothing that it was given', () => {
    const lines = app
      .logs()
      .split('\n')
      .filter((line) => line.includes('unexpected'));
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/QueryFailedError.*providers\.repository/);
    expect(leaksOf(MARKER, app.logs())).toEqual([]);
  });

  it('is answered with nothing that it was given', () => {
    for (const { text } of answers) expect(leaksOf(MARKER, text)).toEqual([]);
  });
});

describe('an error that nobody caught', () => {
  const fields = `{ parameters: ['${MARKER}'], sql: '${MARKER}', code: 'ECONNRESET' }`;
  it.each([
    ['a rejection', `Promise.reject(Object.assign(new Error('${MARKER}'), ${fields}))`],
    ['an exception', `(() => { throw Object.assign(new Error('${MARKER}'), ${fields}); })()`],
  ])('ends the process with what it was, and nothing of what it held: %s', async (_what, act) => {
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
    expect(leaksOf(MARKER, service.output)).toEqual([]);
    await database.drop();
  });
});
