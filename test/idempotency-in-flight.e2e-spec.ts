import { DataSource } from 'typeorm';
import { databaseUnavailable } from '../src/database/database-errors';
import { startTestApp, type TestApp } from './support/app';
import type { Json } from './support/http-client';
import { openaiModelList } from './support/model-lists';
import { createProvider, problem, providerBody, providerPath, uniqueName } from './support/registry-factories';
import { ScriptedUpstream } from './support/scripted-upstream';
import { replyJson } from './support/scripted-replies';

const inFlight = { status: 409, code: 'idempotency.in_flight' };

describe('an Idempotency-Key in flight', () => {
  let app: TestApp;
  let key: string;
  const post = (path: string, body: unknown) => app.api.post(path, body, { headers: { 'idempotency-key': key } });
  const lapse = () =>
    app.database.query('UPDATE idempotency_keys SET claimed_until = ? WHERE status IS NULL', [
      '2020-01-01T00:00:00.000Z',
    ]);

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());
  beforeEach(() => {
    key = uniqueName('key');
  });

  describe('while an upstream is slow', () => {
    let upstream: ScriptedUpstream;
    let provider: Json;
    let asked: Promise<void>;
    let answer: () => void;
    const importAll = () => post(`${providerPath(provider)}/models/import`, { models: 'all' });

    beforeEach(async () => {
      const { promise: released, resolve: release } = promiseOf<void>();
      const { promise, resolve: arrived } = promiseOf<void>();
      asked = promise;
      answer = release;
      upstream = await ScriptedUpstream.start(async (response, request) => {
        arrived();
        await released;
        await replyJson(openaiModelList(['m1', 'm2']))(response, request);
      });
      provider = await createProvider(app.api, { base_url: upstream.url });
    });
    afterEach(() => upstream.stop());

    it('is 409 with Retry-After, and afterwards the answer of the first', async () => {
      const first = importAll();
      await asked;
      const second = await importAll();
      expect(problem(second)).toEqual(inFlight);
      expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
      answer();
      const { status, body } = await first;
      expect([status, body.added.length]).toEqual([200, 2]);
      expect((await importAll()).body).toEqual(body);
      expect(upstream.requests).toHaveLength(1);
    });

    it('with another body is 422 at once', async () => {
      const first = importAll();
      await asked;
      const other = await post(`${providerPath(provider)}/models/import`, { models: ['m1'] });
      expect(problem(other)).toEqual({ status: 422, code: 'idempotency.key_reused' });
      answer();
      await first;
    });

    it('that has lapsed goes to the next request, and the slow one commits nothing', async () => {
      const first = importAll();
      await asked;
      await lapse();
      const second = importAll();
      answer();
      const answers = await Promise.all([first, second]);
      const { body } = await app.api.get(`${providerPath(provider)}/models`);
      expect(body).toHaveLength(2);
      expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
      for (const { status, body: shown } of answers) {
        if (status === 200) expect(shown.added).toHaveLength(2);
        else expect(shown.code).toBe('idempotency.in_flight');
      }
    });
  });

  it('left by a process that died is in flight until it lapses, then the request is done', async () => {
    const body = providerBody();
    await post('/v1/llm-providers', body);
    await app.api.delete(providerPath((await app.api.get(`/v1/llm-providers?name=${body.name}`)).body[0]));
    await app.database.query('UPDATE idempotency_keys SET status = NULL, response = NULL');
    expect(problem(await post('/v1/llm-providers', body))).toEqual(inFlight);
    await lapse();
    const { status, text } = await post('/v1/llm-providers', body);
    expect(status).toBe(201);
    expect((await post('/v1/llm-providers', body)).text).toBe(text);
  });

  it('is stored with the work even where the acknowledgement of the commit is lost', async () => {
    const body = { name: uniqueName('token'), scopes: ['providers:read'] };
    const undo = loseNextAcknowledgement(app);
    const lost = await post('/v1/tokens', body);
    undo();
    expect(lost.status).toBe(503);
    const again = await post('/v1/tokens', body);
    expect([again.status, again.body.name]).toEqual([200, body.name]);
    const { body: tokens } = await app.api.get('/v1/tokens');
    expect(tokens.filter(({ name }: Json) => name === body.name)).toHaveLength(1);
  });
});

function promiseOf<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

/** The next transaction commits, and its connection dies before it says so. */
function loseNextAcknowledgement(app: TestApp): () => void {
  const { driver } = app.app.get(DataSource);
  const create = driver.createQueryRunner.bind(driver);
  let pending = true;
  driver.createQueryRunner = (mode) => {
    const runner = create(mode);
    const commit = runner.commitTransaction.bind(runner);
    runner.commitTransaction = async () => {
      await commit();
      if (!pending) return;
      pending = false;
      throw databaseUnavailable();
    };
    return runner;
  };
  return () => {
    driver.createQueryRunner = create;
  };
}
