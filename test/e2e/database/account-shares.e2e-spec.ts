import { UnitOfWork } from '../../../src/database/unit-of-work';
import { startTestApp, type TestApp } from '../../support/app/app';
import { createAccount, createProvider } from '../../support/clients/accounts';
import type { ApiClient } from '../../support/clients/api-client';
import { eventually } from '../../support/eventually';

/** Concurrent requests of the busy account. In a queue without shares, others wait for all of them. */
const WAITING = 100;
const ROUNDS = 5;

/** Requests of the busy account that another request may wait for, also because they share a processor. */
const MAX_BEFORE = WAITING / 2;

describe('An account that sends many requests', () => {
  let app: TestApp;
  let busy: ApiClient;
  let other: ApiClient;
  let path: string;

  beforeAll(async () => {
    app = await startTestApp();
    busy = (await createAccount(app, 'busy')).withoutRetries();
    other = (await createAccount(app, 'other')).withoutRetries();
    const { id } = await createProvider(
      busy,
      {},
      Array.from({ length: 50 }, (_, at) => `model-${at}`),
    );
    path = `/v1/llm-providers/${id}`;
    await createProvider(other);
  });

  afterAll(() => app.stop());

  const OTHERS = {
    list: () => other.get('/v1/llm-providers?limit=5'),
    create: () => other.post('/v1/tokens', { name: 'a token', scopes: ['providers:read'] }),
    readiness: () => app.api.withoutRetries().get('/readyz'),
  };

  /**
   * Keeps many requests of the busy account waiting, and sends others meanwhile. Expects that the others wait for a few of
   * them. The busy account may get 503, because its requests wait for each other.
   */
  async function expectShortWaits(
    status: number,
    send: (at: number) => Promise<{ status: number }>,
  ): Promise<void> {
    let [sent, done, isOver] = [0, 0, false];
    const loops = Array.from({ length: WAITING }, async () => {
      while (!isOver) {
        expect([status, 503]).toContain((await send(sent++)).status);
        done += 1;
      }
    });
    await eventually('the busy account has a queue', () => done > 0);
    const counts: Record<string, number[]> = {};
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, request] of Object.entries(OTHERS)) {
        const before = done;
        expect([200, 201]).toContain((await request()).status);
        (counts[name] ??= []).push(done - before);
      }
    }
    isOver = true;
    await Promise.all(loops);
    for (const [name, each] of Object.entries(counts)) {
      const median = each.sort((a, b) => a - b)[(ROUNDS - 1) / 2]!;
      expect({ name, median, isShort: median <= MAX_BEFORE }).toEqual({ name, median, isShort: true });
    }
  }

  it('delays others by a few of its updates', async () => {
    await expectShortWaits(200, (at) => busy.patch(path, { name: `name ${at}` }));
  });

  it('delays others by a few of its updates with an ETag that does not match', async () => {
    const options = { headers: { 'if-match': '"stale"' } };
    await expectShortWaits(412, () => busy.patch(path, { enabled: false }, options));
  });

  it('delays others by a few of its reads', async () => {
    await expectShortWaits(200, (at) => busy.get(`/v1/llm-providers?limit=${(at % 200) + 1}`));
  });

  it('has two write transactions at a time at most, and joins them with nested work', async () => {
    const unitOfWork = app.app.get(UnitOfWork);
    const order: string[] = [];
    let running = 0;
    const write = (account: string) =>
      unitOfWork.run(async () => {
        running += account === 'a' ? 1 : 0;
        expect(running).toBeLessThanOrEqual(2);
        order.push(account);
        await unitOfWork.run(() => unitOfWork.managerOf(account).query('SELECT 1'), account);
        await unitOfWork.read(() => unitOfWork.managerOf(account).query('SELECT 1'), account);
        running -= account === 'a' ? 1 : 0;
      }, account);
    await Promise.all([...Array.from({ length: 20 }, () => write('a')), write('b')]);
    expect(order.indexOf('b')).toBeLessThan(4);
  });
});
