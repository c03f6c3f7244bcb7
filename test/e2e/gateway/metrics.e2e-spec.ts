import { MetricsRegistry } from '../../../src/observability/metrics-registry';
import { eventually } from '../../support/eventually';
import type { Target } from '../../support/gateway/gateway-app';
import { HeldReply } from '../../support/gateway/gateway-replies';
import { useGateway, useUpstream } from '../../support/gateway/use-gateway';
import { openaiError, requestOf, responseOf } from '../../support/gateway/vendor-responses';
import { replyJson } from '../../support/upstreams/scripted-replies';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const PATH = '/v1/chat/completions';
const CHAT = '{endpoint="chat/completions"';

describe('the metrics of the gateway', () => {
  const app = useGateway();
  const upstream = useUpstream();
  let target: Target;

  beforeAll(async () => {
    target = await app.createTarget(`${upstream.url}/v1`);
  });
  beforeEach(() => upstream.script(replyJson(responseOf('chat/completions'))));

  const call = () => app.gateway.post(PATH, requestOf('chat/completions', target.selector));

  /** Returns the value of a series, or 0. The name may have labels. */
  async function read(series: string): Promise<number> {
    const text = await app.app.get(MetricsRegistry).text();
    const line = text.split('\n').find((each) => each.startsWith(`${series} `));
    return Number(line?.slice(series.length + 1) ?? 0);
  }

  /** Waits until a series has grown by one. */
  async function grows(series: string, work: () => Promise<unknown>): Promise<void> {
    const before = await read(series);
    await work();
    await eventually(series, async () => (await read(series)) === before + 1);
  }

  it.each([
    `gen_ai_server_request_duration_seconds_count${CHAT},status="2xx"}`,
    `caret_gateway_overhead_seconds_count${CHAT},status="2xx"}`,
    `caret_http_request_duration_seconds_count{method="POST",route="${PATH}",status="200"}`,
    'caret_gateway_attempts_total{outcome="ok"}',
  ])('count a call in %s', (series) => grows(series, call));

  it('count a failed call by the class of its status', () =>
    grows(`gen_ai_server_request_duration_seconds_count${CHAT},status="4xx"}`, () =>
      app.gateway.post(PATH, { model: 'nothing' }),
    ));

  it('have the calls and the bytes in flight, and the caller that left', async () => {
    const held = new HeldReply();
    upstream.script(held.reply);
    const request = requestOf('chat/completions', target.selector);
    const connection = await app.startCall(PATH, request);
    await held.arrived();
    expect(await read('caret_gateway_inflight')).toBe(1);
    expect(await read('caret_gateway_inflight_bytes')).toBe(JSON.stringify(request).length);
    await grows(`caret_gateway_client_closed_total${CHAT}}`, () => {
      connection.close();
      return held.untilClosed();
    });
    expect(await read('caret_gateway_inflight')).toBe(0);
    expect(await read('caret_gateway_inflight_bytes')).toBe(0);
  });

  it('count attempts at another model after a failure', async () => {
    const failing = await ScriptedUpstream.start(replyJson(openaiError('x'), 500));
    const models = ['shared'];
    await app.createTarget(`${failing.url}/v1`, { models, model: { priority: 2 } });
    await app.createTarget(`${upstream.url}/v1`, { models, model: { priority: 1 } });
    await grows(`caret_gateway_failovers_total${CHAT}}`, async () => {
      const { status } = await app.gateway.post(PATH, requestOf('chat/completions', 'shared'));
      expect(status).toBe(200);
    });
    await failing.stop();
  });

  it('count warnings, those about a header of the caller as other', () =>
    grows('caret_gateway_warnings_total{field="other"}', () =>
      app.gateway.post(PATH, requestOf('chat/completions', target.selector), { 'x-caret-unknown': '1' }),
    ));

  it('count warnings about a parameter by its name', async () => {
    const provider = { advanced_json: { temperature: 1 } };
    const { selector } = await app.createTarget(`${upstream.url}/v1`, { kind: 'anthropic', provider });
    upstream.script(replyJson(responseOf('messages')));
    await grows('caret_gateway_warnings_total{field="temperature"}', () =>
      app.gateway.post('/v1/messages', requestOf('messages', selector), {
        'anthropic-version': '2026-10-21',
      }),
    );
  });

  it('contain no name that a caller chose', async () => {
    await app.gateway.post(PATH, { model: 'chosen-by-caller' }, { 'x-caret-chosen': '1' });
    await app.gateway.get('/v1/models/chosen-by-caller');
    await app.gateway.get('/v1/chosen-by-caller', { 'x-stainless-lang': 'js' });
    const text = await app.app.get(MetricsRegistry).text();
    expect(text).not.toContain('chosen');
    expect(text).not.toContain(target.selector);
    expect(text).toContain('route="/v1/models/:id"');
  });
});
