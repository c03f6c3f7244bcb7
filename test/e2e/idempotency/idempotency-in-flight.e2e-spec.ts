import { databaseUnavailable } from '../../../src/database/database-errors';
import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiResponse, Json } from '../../support/clients/http-client';
import { injectFault } from '../../support/database/statement-faults';
import {
  createProvider,
  problem,
  providerBody,
  providerPath,
  uniqueName,
} from '../../support/registry/factories';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const inFlight = { status: 409, code: 'idempotency.in_flight' };

describe('an Idempotency-Key in flight', () => {
  let app: TestApp;
  let key: string;
  const post = (path: string, body: unknown) =>
    app.api.post(path, body, { headers: { 'idempotency-key': key } });
  const claimant = async () =>
    (await app.database.query('SELECT claimed_by FROM idempotency_keys WHERE status IS NULL'))[0]?.[
      'claimed_by'
    ];
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
      const claim = await claimant();
      await lapse();
      const second = importAll();
      while ((await claimant()) === claim) await new Promise(setImmediate);
      answer();
      expect(problem(await first)).toEqual(inFlight);
      expect((await second).body.added).toHaveLength(2);
      expect((await app.api.get(`${providerPath(provider)}/models`)).body).toHaveLength(2);
      expect((await importAll()).text).toBe((await second).text);
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

  describe('where the acknowledgement of a commit is lost', () => {
    /** Of the next transaction that begins so: it is committed, and the answer is 503. */
    const lose = async (beginning: RegExp, request: () => Promise<ApiResponse>) => {
      let lost = false;
      const undo = injectFault(app, {
        after: (sql, [first]) => {
          if (lost || sql !== 'COMMIT' || !beginning.test(first!)) return;
          lost = true;
          throw databaseUnavailable();
        },
      });
      const answer = await request();
      undo();
      expect([lost, answer.status]).toEqual([true, 503]);
    };
    let body: Json;
    const create = () => post('/v1/tokens', body);
    const count = async () => {
      const { body: tokens } = await app.api.get('/v1/tokens');
      return (tokens as Json[]).filter(({ name }) => name === body.name).length;
    };

    beforeEach(() => {
      body = { name: uniqueName('token'), scopes: ['providers:read'] };
    });

    it('with the work, the answer is stored: nothing is created twice', async () => {
      await lose(/INSERT INTO .api_tokens/, create);
      expect((await create()).status).toBe(200);
      expect(await count()).toBe(1);
    });

    it('before the work, nothing is created, and the claim does not outlive its time', async () => {
      await lose(/INSERT INTO .idempotency_keys/, create);
      expect(await count()).toBe(0);
      await lapse();
      expect((await create()).status).toBe(201);
      expect(await count()).toBe(1);
    });
  });
});

function promiseOf<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}
