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
  promises(() => LoadGenerator.native(directory), { latest: 1 });
});
describe('JavaScript', () => promises(() => LoadGenerator.fallback(directory), { latest: 5 }));

/** `latest`: milliseconds that half of the requests may go out late, where the machine has time. */
function promises(make, { latest }) {
  /** One window on a server of its own. */
  async function measure(answer, window = {}) {
    const load = await make();
    const server = await startServer(answer);
    try {
      const request = await load.prepare({ path: '/' });
      const usual = { connections: 1, warmUp: 0, seconds: 1, status: 200, length: 2 };
      return { ...(await load.run(server, request, { ...usual, ...window })), times: server.times };
    } finally {
      server.stop();
    }
  }

  for (const [name, loop] of Object.entries(LOOPS)) {
    it(`${name}: percentiles are those of the server's own clock`, async () => {
      const answer = (response, number) => okAfter(response, number % 50 === 49 ? 50 : 5);
      await oneOf(
        WINDOWS,
        () => measure(answer, { ...loop, seconds: 2 }),
        ({ times, p50Milliseconds, p99Milliseconds, maxMilliseconds, ...sample }) => {
          const sorted = times.sort((a, b) => a - b);
          const { sendDelayP50Milliseconds = 0, sendDelayP99Milliseconds = 0 } = sample;
          near(p50Milliseconds, percentile(sorted, 0.5), 2 + sendDelayP50Milliseconds);
          near(p99Milliseconds, percentile(sorted, 0.99), 4 + sendDelayP99Milliseconds);
          assert.ok(maxMilliseconds >= p99Milliseconds);
        },
      );
    });

    it(`${name}: an answer with another status or length is no answer`, async () => {
      const other = (response, number) => (number === 150 ? response.end() : ok(response));
      await assert.rejects(measure(other, loop), /1 of \d+ answers wrong: answer 200 with 0 bytes/);
      const failing = (response, number) => {
        response.statusCode = number === 150 ? 500 : 200;
        ok(response);
      };
      await assert.rejects(measure(failing, loop), /1 of \d+ answers wrong: answer 500 with 2 bytes/);
    });

    it(`${name}: a connection that is cut is a wrong answer`, async () => {
      const cut = (response, number) => (number === 150 ? response.destroy() : ok(response));
      await assert.rejects(measure(cut, loop), /1 of \d+ answers wrong/);
    });

    it(`${name}: a server that closes each connection is asked over new ones`, async () => {
      const closing = (response) => ok(response.setHeader('Connection', 'close'));
      assert.ok((await measure(closing, loop)).requests > 100);
    });
  }

  it('closed loop: a stall is one slow answer for each connection', async () => {
    await oneOf(
      WINDOWS,
      () => measure(stallingOnce(150), { seconds: 2, connections: 1 }),
      ({ p99Milliseconds, maxMilliseconds }) => {
        assert.ok(p99Milliseconds < 30, `p99 ${p99Milliseconds} ms`);
        near(maxMilliseconds, 300, 50);
      },
    );
  });

  it('open loop: a stall is seen by every request that was due in it', async () => {
    await oneOf(
      WINDOWS,
      () => measure(stallingOnce(150), { seconds: 2, connections: 4, rate: 300 }),
      ({ p50Milliseconds, p90Milliseconds, p99Milliseconds, maxMilliseconds, sendDelayP50Milliseconds }) => {
        near(p50Milliseconds, 0, 20 + sendDelayP50Milliseconds);
        // A seventh of all were due in it: after 10 % of all, a third of it was still to come.
        near(p90Milliseconds, 30, 150);
        near(p99Milliseconds, 250, 100);
        near(maxMilliseconds, 280, 100);
      },
    );
  });

  it('open loop: the wait for a free connection counts', async () => {
    const { requests, p50Milliseconds, sendDelayP50Milliseconds } = await measure(
      (response) => okAfter(response, 20),
      { rate: 65 },
    );
    assert.ok(requests > 40, `${requests}`);
    assert.ok(p50Milliseconds > 60, `p50 ${p50Milliseconds} ms`);
    assert.ok(sendDelayP50Milliseconds > p50Milliseconds / 2, `${sendDelayP50Milliseconds} ms`);
  });

  it('open loop: a request without an answer is a wrong one', async () => {
    const silent = (response, number) => number === 150 || ok(response);
    await assert.rejects(measure(silent, LOOPS['open loop']), /1 of \d+ answers wrong: 1 without an answer/);
  });

  it('open loop: requests go out when they are due', async () => {
    await oneOf(
      WINDOWS,
      () => measure(ok, LOOPS['open loop']),
      ({ sendDelayP50Milliseconds }) =>
        assert.ok(sendDelayP50Milliseconds < latest, `${sendDelayP50Milliseconds} ms`),
    );
  });

  it("the server's processor time is counted by answered request", async () => {
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

/** At least what is expected, but for 2 %, and at most `margin` milliseconds more. */
function near(value, expected, margin) {
  assert.ok(value >= 0.98 * expected && value <= expected + margin, `${value}, not ${expected}`);
}
