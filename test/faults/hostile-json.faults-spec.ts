import { randomBytes } from 'node:crypto';
import { ServiceProcess } from '../support/app/service-process';
import type { TestDatabase } from '../support/database/database';
import { createSqliteTestDatabase } from '../support/database/database-sqlite';
import { repeatDisturbedTests } from '../support/pace';
import { realNow } from '../support/real-clock';
import { API_KEY } from '../support/registry/factories';
import { report } from '../support/report';
import { replyText } from '../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../support/upstreams/scripted-upstream';

const token = randomBytes(24).toString('hex');
const MEBIBYTE = 1024 * 1024;
const LIMIT_BYTES = 8 * MEBIBYTE - 1000;
const CONCURRENT = 20;
/** How much longer others may wait than beside a harmless response of the same size. */
const MAX_RATIO = 6;

const repeatToLimit = (piece: string) => piece.repeat(Math.floor(LIMIT_BYTES / piece.length));
const longIds = Array.from({ length: 9900 }, (_, index) => ({ id: `${index}-`.padEnd(400, 'é') }));

repeatDisturbedTests();

describe('GET /healthz while an upstream sends JSON that is made to be slow', () => {
  let database: TestDatabase;
  let service: ServiceProcess;
  let upstream: ScriptedUpstream;
  let url: string;
  let quietMs: number;

  beforeAll(async () => {
    database = await createSqliteTestDatabase();
    upstream = await ScriptedUpstream.start();
    service = await ServiceProcess.start({ ...database.env, BOOTSTRAP_TOKEN: token, EGRESS_MODE: 'local' });
    url = await service.listening();
    const harmless = `{"data":[],"padding":"${'a'.repeat(LIMIT_BYTES)}"}`;
    await attack(harmless, CONCURRENT);
    quietMs = (await attack(harmless, CONCURRENT)).longestMs;
  });
  afterAll(async () => {
    await service.kill();
    await upstream.stop();
    await database.drop();
  });

  /** Returns the code of the error, or `ok`. Reads no list, because that would delay the measurements. */
  async function discover(): Promise<string> {
    const response = await fetch(`${url}/v1/llm-providers/discover`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ provider: 'openai', api_key: API_KEY, base_url: upstream.url }),
    });
    if (!response.ok) return ((await response.json()) as { code: string }).code;
    await response.body?.pipeTo(new WritableStream());
    return 'ok';
  }

  /** Lists models of an upstream that sends `text`, while another client asks for the health all the time. */
  async function attack(text: string, concurrency: number) {
    upstream.script(replyText(text, 'application/json'));
    const before = service.residentBytes();
    let peak = before;
    let longestMs = 0;
    let isOver = false;
    const victim = (async () => {
      while (!isOver) {
        const started = realNow();
        await (await fetch(`${url}/healthz`)).text();
        longestMs = Math.max(longestMs, realNow() - started);
        peak = Math.max(peak, service.residentBytes());
      }
    })();
    const codes = await Promise.all(Array.from({ length: concurrency }, discover));
    isOver = true;
    await victim;
    return { codes: [...new Set(codes)].sort(), longestMs, growth: peak - before };
  }

  const invalid = 'llm_providers.upstream_invalid_response';
  const tooMany = 'upstream.too_many_calls';

  it.each([
    ['brackets', '['.repeat(LIMIT_BYTES), invalid],
    ['empty objects', `{"data":[${repeatToLimit('{},')}{}]}`, invalid],
    ['numbers', `{"data":[],"x":[${repeatToLimit('1,')}1]}`, invalid],
    ['long ids', JSON.stringify({ data: longIds }), 'ok'],
    ['short ids', JSON.stringify({ data: longIds.map((_, id) => ({ id: `model-${id}` })) }), 'ok'],
  ])('is not delayed by 8 MiB of %s, once or twenty times', async (what, text, outcome) => {
    const once = await attack(text, 1);
    const often = await attack(text, CONCURRENT);
    report(
      `8 MiB of ${what}: others wait ${once.longestMs.toFixed(0)} ms, beside ${CONCURRENT} calls ` +
        `${often.longestMs.toFixed(0)} ms (harmless: ${quietMs.toFixed(0)} ms), memory ` +
        `+${(once.growth / MEBIBYTE).toFixed(0)} and +${(often.growth / MEBIBYTE).toFixed(0)} MiB`,
    );
    expect(once.codes).toEqual([outcome]);
    expect(often.codes).toEqual([outcome, tooMany].sort());
    expect(Math.max(once.longestMs, often.longestMs)).toBeLessThan(MAX_RATIO * quietMs);
  });
});
