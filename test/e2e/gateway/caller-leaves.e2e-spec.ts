import { setTimeout as sleep } from 'node:timers/promises';
import { OpenCalls } from '../../../src/gateway/dispatch/open-calls';
import { eventually } from '../../support/eventually';
import { HeldReply } from '../../support/gateway/gateway-replies';
import { useGateway, useUpstreamPair } from '../../support/gateway/use-gateway';
import { GENERATION, KINDS, openaiError, requestOf, streamOf } from '../../support/gateway/vendor-responses';
import { replyJson } from '../../support/upstreams/scripted-replies';

describe('a caller that leaves', () => {
  const app = useGateway();
  const upstreams = useUpstreamPair();

  /** Sends a call and closes its connection when `when` resolves. */
  async function leaveDuring(path: string, body: object, when: () => Promise<unknown>): Promise<void> {
    const connection = await app.startCall(`/v1/${path}`, body);
    await when();
    connection.close();
  }

  async function newRow(): Promise<Record<string, unknown>> {
    const rows = await eventually('the row of the call', async () => {
      const all = await app.usageRows();
      return all.length > known && all;
    });
    known = rows.length;
    return rows.at(-1)!;
  }

  let known = 0;
  beforeEach(async () => {
    known = (await app.usageRows()).length;
  });

  afterEach(async () => {
    await eventually('no call is open', () => app.app.get(OpenCalls).count === 0);
  });

  it.each([false, true])('ends the upstream call before its headers (stream: %s)', async (stream) => {
    const { model } = await upstreams.createTargets(app);
    const held = new HeldReply();
    upstreams.first.script(held.reply);
    await leaveDuring('chat/completions', requestOf('chat/completions', model, { stream }), () =>
      held.arrived(),
    );
    await held.untilClosed();
    const row = await newRow();
    expect(row).toMatchObject({
      status: 'client_closed',
      attempt: 1,
      is_final: 1,
      usage_source: 'estimated',
      http_status: null,
    });
    expect(Number(row.input_tokens)).toBeGreaterThan(0);
    expect(upstreams.second.requests).toHaveLength(0);
  });

  it.each(GENERATION)('ends the upstream call within the preamble of %s', async (path) => {
    const { model } = await upstreams.createTargets(app, KINDS[path]);
    const held = new HeldReply();
    upstreams.first.script(held.reply);
    await leaveDuring(path, requestOf(path, model, { stream: true }), async () => {
      await held.write(streamOf(path).preamble);
      await sleep(50);
    });
    await held.untilClosed();
    expect(await newRow()).toMatchObject({ status: 'client_closed', http_status: 200 });
  });

  it.each(GENERATION)('ends the upstream call after content of %s, and counts what it got', async (path) => {
    const { model } = await upstreams.createTargets(app, KINDS[path]);
    const held = new HeldReply();
    upstreams.first.script(held.reply);
    const stream = await (async () => {
      const opened = app.gateway.stream(`/v1/${path}`, requestOf(path, model, { stream: true }));
      await held.write(streamOf(path).preamble + streamOf(path).content);
      return opened;
    })();
    await stream.untilText('first');
    stream.leave();
    await held.untilClosed();
    const row = await newRow();
    expect(row).toMatchObject({ status: 'client_closed', usage_source: 'partial', http_status: 200 });
    expect(Number(row.output_tokens)).toBeGreaterThanOrEqual(2);
    if (path === 'messages') expect(row.input_tokens).toBe(12);
    expect(upstreams.second.requests).toHaveLength(0);
  });

  it('ends the upstream call within a JSON body', async () => {
    const { model } = await upstreams.createTargets(app);
    let closed = false;
    let begun = false;
    upstreams.first.script((response) => {
      response.on('close', () => (closed = true));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"id":"x",', () => (begun = true));
    });
    await leaveDuring('chat/completions', requestOf('chat/completions', model), () =>
      eventually('the body has begun', () => begun),
    );
    await eventually('the upstream call is aborted', () => closed);
    expect(await newRow()).toMatchObject({ status: 'client_closed', is_final: 1 });
  });

  it('starts no further attempt', async () => {
    const { first } = await upstreams.createTargets(app);
    upstreams.first.script(replyJson(openaiError('slow'), 429, { 'retry-after-ms': '1000' }));
    await leaveDuring('chat/completions', requestOf('chat/completions', first.selector), () =>
      eventually('the first attempt', () => upstreams.first.requests.length === 1),
    );
    expect(await newRow()).toMatchObject({
      status: 'client_closed',
      attempt: 1,
      is_final: 1,
      http_status: 429,
    });
    // Longer than the wait before a repeat.
    await sleep(1500);
    expect(upstreams.first.requests).toHaveLength(1);
  });
});
