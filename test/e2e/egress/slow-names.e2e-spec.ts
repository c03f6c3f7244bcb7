import { DEFAULT_HTTP_OPTIONS } from '../../../src/upstream/client/guarded-http-client';
import { NameResolver } from '../../../src/upstream/egress/name-resolver';
import { startTestApp, type TestApp } from '../../support/app/app';
import type { ApiClient } from '../../support/clients/api-client';
import { paced, repeatDisturbedTests, timed } from '../../support/pace';
import { API_KEY, createOtherAccount } from '../../support/registry/factories';
import { report } from '../../support/report';
import { DnsServer } from '../../support/upstreams/dns-server';
import { openaiModelList } from '../../support/upstreams/model-lists';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const ORIGINAL_OPTIONS = { ...DEFAULT_HTTP_OPTIONS };
const ATTACKERS = 3;
const SLOW_NAMES = 20;
const CALLS = 5;
/** A lookup that waits for a slow one takes about a hundred times as long as one that does not. */
const MAX_RATIO = 20;

// On a busy machine, a name may fail before the last call arrives, which then takes its place.
repeatDisturbedTests();

describe('POST /v1/llm-providers/discover when other accounts use names that get no response', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let dns: DnsServer;

  beforeAll(async () => {
    dns = await DnsServer.start((name) => (name.startsWith('slow') ? 'silent' : ['127.0.0.1']));
    const resolver = new NameResolver({ servers: [dns.address] });
    Object.assign(DEFAULT_HTTP_OPTIONS, { resolve: resolver.resolve.bind(resolver) });
    app = await startTestApp();
    upstream = await ScriptedUpstream.start(replyJson(openaiModelList(['one'])));
  });
  afterAll(async () => {
    // All applications of this process share this object.
    Object.assign(DEFAULT_HTTP_OPTIONS, ORIGINAL_OPTIONS);
    await Promise.all([app.stop(), upstream.stop(), dns.stop()]);
  });

  const discover = (api: ApiClient, name: string) =>
    api.post('/v1/llm-providers/discover', {
      provider: 'openai',
      api_key: API_KEY,
      base_url: `http://${name}:${upstream.port}`,
    });

  /** Lists models at names that get a response. Returns the statuses and the longest wait in milliseconds. */
  async function measureVictim() {
    const calls = [];
    for (let call = 0; call < CALLS; call++)
      calls.push(await timed(() => discover(app.api, `good${call}.example.com`)));
    return {
      statuses: calls.map(({ result }) => result.status),
      longestMs: Math.max(...calls.map(({ milliseconds }) => milliseconds)),
    };
  }

  it('is not delayed by them', async () => {
    const quiet = await measureVictim();
    const attackers = await Promise.all(Array.from({ length: ATTACKERS }, () => createOtherAccount(app)));
    const attack = attackers.flatMap((api, attacker) =>
      Array.from({ length: SLOW_NAMES }, (_, index) => discover(api, `slow${attacker}-${index}.example.com`)),
    );
    const { result: attacked, limit } = await paced(measureVictim);
    const outcomes = (await Promise.all(attack)).map(({ body }) => body.code as string);
    report(`slow names: a victim waits ${attacked.longestMs} ms, without the attack ${quiet.longestMs} ms`);
    expect(attacked.statuses).toEqual(Array(CALLS).fill(200));
    expect(attacked.longestMs).toBeLessThan(limit(MAX_RATIO * quiet.longestMs));
    // The attack was in progress: four calls of each account waited for their names.
    expect(outcomes.filter((code) => code === 'upstream_unreachable')).toHaveLength(4 * ATTACKERS);
    expect(outcomes.filter((code) => code === 'upstream.too_many_calls')).toHaveLength(16 * ATTACKERS);
  });
});
