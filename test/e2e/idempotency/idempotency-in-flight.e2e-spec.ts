import { databaseUnavailable } from '../../../src/database/database-errors';
import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiResponse, Json } from '../../support/clients/api-client';
import { injectFault } from '../../support/database/statement-faults';
import { eventually } from '../../support/eventually';
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
  const findClaim = async () =>
    (await app.database.query('SELECT claimed_by FROM idempotency_keys WHERE status IS NULL'))[0]?.[
      'claimed_by'
    ];
  const expireClaims = () =>
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
    let arrival: Promise<void>;
    let respond: () => void;
    const importAll = () => post(`${providerPath(provider)}/models/import`, { models: 'all' });

    beforeEach(async () => {
      const { promise: release, resolve: releaseResponse } = createDeferred<void>();
      const { promise: firstRequest, resolve: announceRequest } = createDeferred<void>();
      arrival = firstRequest;
      respond = releaseResponse;
      upstream = await ScriptedUpstream.start(async (response, request) => {
        announceRequest();
        await release;
        await replyJson(openaiModelList(['m1', 'm2']))(response, request);
      });
      provider = await createProvider(app.api, { base_url: upstream.url });
    });
    afterEach(() => upstream.stop());

    it('returns 409 with Retry-After, then the response of the first request', async () => {
      const first = importAll();
      await arrival;
      const second = await importAll();
      expect(problem(second)).toEqual(inFlight);
      expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
      respond();
      const { status, body } = await first;
      expect([status, body.added.length]).toEqual([200, 2]);
      expect((await importAll()).body).toEqual(body);
      // A request without the key finds out whether the list is public.
      expect(upstream.requests.filter(({ headers }) => headers.authorization)).toHaveLength(1);
    });

    it('returns 422 immediately for another body', async () => {
      const first = importAll();
      await arrival;
      const other = await post(`${providerPath(provider)}/models/import`, { models: ['m1'] });
      expect(problem(other)).toEqual({ status: 422, code: 'idempotency.key_reused' });
      respond();
      await first;
    });

    it('passes to the next request when its claim expires, and the slow request commits nothing', async () => {
      const first = importAll();
      await arrival;
      const claim = await findClaim();
      await expireClaims();
      const second = importAll();
      await eventually('the second request takes over', async () => (await findClaim()) !== claim);
      respond();
      expect(problem(await first)).toEqual(inFlight);
      expect((await second).body.added).toHaveLength(2);
      expect((await app.api.get(`${providerPath(provider)}/models`)).body).toHaveLength(2);
      expect((await importAll()).text).toBe((await second).text);
    });
  });

  it('of a process that died returns 409 until its claim expires, then runs the request', async () => {
    const body = providerBody();
    await post('/v1/llm-providers', body);
    await app.api.delete(providerPath((await app.api.get(`/v1/llm-providers?name=${body.name}`)).body[0]));
    await app.database.query('UPDATE idempotency_keys SET status = NULL, response = NULL');
    expect(problem(await post('/v1/llm-providers', body))).toEqual(inFlight);
    await expireClaims();
    const { status, text } = await post('/v1/llm-providers', body);
    expect(status).toBe(201);
    expect((await post('/v1/llm-providers', body)).text).toBe(text);
  });

  describe('when the acknowledgement of a commit is lost', () => {
    /** Commits the next transaction that has a matching statement, and expects the request to return 503. */
    const loseAcknowledgement = async (statement: RegExp, request: () => Promise<ApiResponse>) => {
      let lost = false;
      const undo = injectFault(app, {
        after: (sql, transaction) => {
          if (lost || sql !== 'COMMIT' || !transaction.some((each) => statement.test(each))) return;
          lost = true;
          throw databaseUnavailable();
        },
      });
      const response = await request();
      undo();
      expect([lost, response.status]).toEqual([true, 503]);
    };
    let body: Json;
    const create = () => post('/v1/tokens', body);
    const countTokens = async () => {
      const { body: tokens } = await app.api.get('/v1/tokens');
      return (tokens as Json[]).filter(({ name }) => name === body.name).length;
    };

    beforeEach(() => {
      body = { name: uniqueName('token'), scopes: ['providers:read'] };
    });

    it('replays the stored response, so nothing is created twice', async () => {
      await loseAcknowledgement(/INSERT INTO .api_tokens/, create);
      expect((await create()).status).toBe(200);
      expect(await countTokens()).toBe(1);
    });

    it('creates nothing if only the claim was committed, and accepts a retry after it expires', async () => {
      await loseAcknowledgement(/INSERT INTO .idempotency_keys/, create);
      expect(await countTokens()).toBe(0);
      await expireClaims();
      expect((await create()).status).toBe(201);
      expect(await countTokens()).toBe(1);
    });
  });
});

function createDeferred<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}
