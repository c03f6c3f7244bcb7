import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { percentile } from '../statistics.mjs';
import { LoadGenerator } from './load-generator.mjs';
import { burn, hasCompiler, ok, okAfter, oneOf, stall, startServer } from './test-support.mjs';

const WINDOWS = 5;
const LOOPS = { 'closed loop': { connections: 4 }, 'open loop': { connections: 32, rate: 200 } };

const directory = mkdtempSync(join(tmpdir(), 'caret-bench-test-'));
after(() => rmSync(directory, { recursive: true }));

describe('native', { skip: !hasCompiler && 'no C compiler' }, () => {
  describeGenerator(() => LoadGenerator.native(directory), { latest: 1 });
});
describe('JavaScript', () => describeGenerator(() => LoadGenerator.fallback(directory), { latest: 5 }));

/** `latest`: the maximum median delay of sending, in milliseconds, on an idle machine. */
function describeGenerator(create, { latest }) {
  /** Measures one window on its own server. */
  async function measure(respond, window = {}) {
    const load = await create();
    const server = await startServer(respond);
    try {
      const request = await load.prepare({ path: '/' });
      const usual = { connections: 1, warmUp: 0, seconds: 1, status: 200, length: 2 };
      return { ...(await load.run(server, request, { ...usual, ...window })), times: server.times };
    } finally {
      server.stop();
    }
  }

  for (const [name, loop] of Object.entries(LOOPS)) {
    it(`measures the percentiles of the server's clock (${name})`, async () => {
      const respond = (response, number) => okAfter(response, number % 50 === 49 ? 50 : 5);
      await oneOf(
        WINDOWS,
        () => measure(respond, { ...loop, seconds: 2 }),
        ({ times, p50Milliseconds, p99Milliseconds, maxMilliseconds, ...sample }) => {
          const sorted = times.sort((a, b) => a - b);
          const { sendDelayP50Milliseconds = 0, sendDelayP99Milliseconds = 0 } = sample;
          near(p50Milliseconds, percentile(sorted, 0.5), 2 + sendDelayP50Milliseconds);
          near(p99Milliseconds, percentile(sorted, 0.99), 4 + sendDelayP99Milliseconds);
          assert.ok(maxMilliseconds >= p99Milliseconds);
        },
      );
    });

    it(`rejects another status and another length (${name})`, async () => {
      const other = (response, number) => (number === 150 ? response.end() : ok(response));
      await assert.rejects(measure(other, loop), /1 of \d+ responses wrong: response 200 with 0 bytes/);
      const failing = (response, number) => {
        response.statusCode = number === 150 ? 500 : 200;
        ok(response);
      };
      await assert.rejects(measure(failing, loop), /1 of \d+ responses wrong: response 500 with 2 bytes/);
    });

    it(`rejects a connection that the server closes (${name})`, async () => {
      const cut = (response, number) => (number === 150 ? response.destroy() : ok(response));
      await assert.rejects(measure(cut, loop), /1 of \d+ responses wrong/);
    });

    it(`opens new connections to a server that closes each one (${name})`, async () => {
      const closing = (response) => ok(response.setHeader('Connection', 'close'));
      assert.ok((await measure(closing, loop)).requests > 100);
    });
  }

  it('sees a stall as one slow response for each connection (closed loop)', async () => {
    await oneOf(
      WINDOWS,
      () => measure(stallingOnce(150), { seconds: 2, connections: 1 }),
      ({ p99Milliseconds, maxMilliseconds }) => {
        assert.ok(p99Milliseconds < 30, `p99 ${p99Milliseconds} ms`);
        near(maxMilliseconds, 300, 50);
      },
    );
  });

  it('sees a stall in every request that is due in it (open loop)', async () => {
    await oneOf(
      WINDOWS,
      () => measure(stallingOnce(150), { seconds: 2, connections: 4, rate: 300 }),
      ({ p50Milliseconds, p90Milliseconds, p99Milliseconds, maxMilliseconds, sendDelayP50Milliseconds }) => {
        near(p50Milliseconds, 0, 20 + sendDelayP50Milliseconds);
        // A seventh of all requests were due in the stall. After 10 % of all, a third of the stall remained.
        near(p90Milliseconds, 30, 150);
        near(p99Milliseconds, 250, 100);
        near(maxMilliseconds, 280, 100);
      },
    );
  });

  it('counts the wait for a free connection (open loop)', async () => {
    const { requests, p50Milliseconds, sendDelayP50Milliseconds } = await measure(
      (response) => okAfter(response, 20),
      { rate: 65 },
    );
    assert.ok(requests > 40, `${requests}`);
    assert.ok(p50Milliseconds > 60, `p50 ${p50Milliseconds} ms`);
    assert.ok(sendDelayP50Milliseconds > p50Milliseconds / 2, `${sendDelayP50Milliseconds} ms`);
  });

  it('rejects a request without a response (open loop)', async () => {
    const stalled = (response, number) => number === 150 || ok(response);
    await assert.rejects(
      measure(stalled, LOOPS['open loop']),
      /1 of \d+ responses wrong: 1 without a response/,
    );
  });

  it('sends requests when they are due (open loop)', async () => {
    await oneOf(
      WINDOWS,
      () => measure(ok, LOOPS['open loop']),
      ({ sendDelayP50Milliseconds }) =>
        assert.ok(sendDelayP50Milliseconds < latest, `${sendDelayP50Milliseconds} ms`),
    );
  });

  it("measures the server's CPU time per response", async () => {
    const busy = (response) => {
      burn(3);
      ok(response);
    };
    await oneOf(
      WINDOWS,
      () => measure(busy),
      ({ cpuMicroseconds }) => near(cpuMicroseconds, 3000, 800),
    );
  });
}

function stallingOnce(which) {
  return (response, number) => {
    if (number === which) stall(300);
    ok(response);
  };
}

/** At least 98 % of the expected value, and at most `margin` milliseconds more. */
function near(value, expected, margin) {
  assert.ok(value >= 0.98 * expected && value <= expected + margin, `${value}, not ${expected}`);
}
