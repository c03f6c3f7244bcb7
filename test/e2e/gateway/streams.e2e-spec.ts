import { eventually } from '../../support/eventually';
import { bodyOf, HeldReply, replyStream } from '../../support/gateway/gateway-replies';
import { useGateway, useUpstreamPair } from '../../support/gateway/use-gateway';
import {
  GENERATION,
  joinStream,
  KINDS,
  openaiError,
  requestOf,
  responseOf,
  streamOf,
} from '../../support/gateway/vendor-responses';
import { replyJson } from '../../support/upstreams/scripted-replies';

describe('a stream', () => {
  const app = useGateway({ env: { GATEWAY_HEARTBEAT_SECONDS: '1' } });
  const upstreams = useUpstreamPair();

  describe.each(GENERATION)('of %s', (path) => {
    const parts = streamOf(path);
    const ping = path === 'messages' ? 'event: ping\ndata: {"type":"ping"}\n\n' : ': keep-alive\n\n';
    const asked = path === 'chat/completions' ? { stream_options: { include_usage: true } } : {};

    async function open(reply: HeldReply['reply'], headers = {}) {
      const { model, first, second } = await upstreams.createTargets(app, KINDS[path]);
      upstreams.first.script(reply);
      const request = requestOf(path, model, { stream: true, ...asked });
      return { model, first, second, opened: app.gateway.stream(`/v1/${path}`, request, headers) };
    }

    it('gets heartbeats before its content, and the preamble with the content', async () => {
      const held = new HeldReply();
      const { opened } = await open(held.reply);
      await held.write(parts.preamble);
      const stream = await opened;
      expect(stream.status).toBe(200);
      expect(stream.headers['x-caret-selector']).toBeUndefined();
      expect(stream.headers['x-caret-revision']).toMatch(/^\d+$/);
      await stream.untilText(ping);
      expect(stream.text.replaceAll(ping, '')).toBe('');
      await held.write(parts.content);
      await stream.untilText('first');
      await eventually('a heartbeat between two events', () => stream.text.endsWith(ping));
      await held.end(parts.more + parts.closing + parts.terminal);
      expect(await stream.finished()).toBe(true);
      const own = stream.text.replaceAll(ping, '');
      expect(own).toContain('first');
      expect(own.endsWith(parts.terminal)).toBe(true);
    });

    it('fails over behind a heartbeat, and reports the last failure within the stream', async () => {
      const held = new HeldReply();
      const { opened } = await open(held.reply);
      upstreams.second.script(replyJson(openaiError('second words'), 500));
      await held.arrived();
      const stream = await opened;
      await stream.untilText(ping);
      await held.end();
      expect(await stream.finished()).toBe(true);
      expect(upstreams.second.requests.length).toBeGreaterThan(0);
      const last = JSON.stringify(stream.events.at(-1));
      expect(last).toContain('second words');
      expect(stream.text).not.toContain('[DONE]');
      if (path === 'responses')
        expect(stream.text).toMatch(/event: response\.created[^]*event: response\.failed/);
    });

    it('reports its attempts, usage and cost before the terminal event if the caller asks', async () => {
      const { opened, first } = await open(replyStream([joinStream(parts)]), { 'x-caret-report': 'true' });
      const stream = await opened;
      expect(await stream.finished()).toBe(true);
      const [, json] = /: caret (.*)\n\n/.exec(stream.text)!;
      expect(JSON.parse(json!)).toMatchObject({
        selector: first.selector,
        attempts: 1,
        cost: null,
        usage: { input_tokens: 12, output_tokens: 3 },
      });
      expect(stream.text.endsWith(`: caret ${json}\n\n${parts.terminal}`)).toBe(true);
    });

    it('is an error if the upstream sends JSON in its place', async () => {
      const { opened } = await open(replyJson(responseOf(path)));
      upstreams.second.script(replyJson(responseOf(path)));
      const stream = await opened;
      expect(stream.status).toBe(502);
      expect(await stream.finished()).toBe(true);
      expect(stream.text).toContain('invalid response');
    });

    it('ends with its terminal event, whatever follows and however long the upstream keeps it open', async () => {
      const held = new HeldReply();
      const { opened } = await open(held.reply);
      await held.write(`${joinStream(parts)}event: late\ndata: {"type":"late"}\n\n`);
      const stream = await opened;
      expect(await stream.finished()).toBe(true);
      expect(stream.text.endsWith(parts.terminal)).toBe(true);
      await held.untilClosed();
    });

    it('survives any cut of its bytes', async () => {
      const whole = joinStream(parts);
      const bytes = Array.from(Buffer.from(whole), (byte) => Buffer.from([byte]));
      const { opened, model } = await open(replyStream(bytes));
      const stream = await opened;
      expect(await stream.finished()).toBe(true);
      const shown = path === 'messages' ? whole.replace('"upstream-model"', JSON.stringify(model)) : whole;
      expect(stream.text).toBe(shown);
    });
  });

  describe('of chat completions', () => {
    const path = 'chat/completions';
    const { preamble, content, more, closing, terminal } = streamOf(path);
    const usageChunk = closing.slice(closing.indexOf('\n\n') + 2);

    async function streamWith(more_: object, sent: readonly string[]) {
      const { model } = await upstreams.createTargets(app);
      upstreams.first.script(replyStream(sent));
      const stream = await app.gateway.stream(
        `/v1/${path}`,
        requestOf(path, model, { stream: true, ...more_ }),
      );
      expect(await stream.finished()).toBe(true);
      const [row] = await app.usageRowsOf(String(stream.headers['x-request-id']));
      return { stream, row: row!, sent: bodyOf(upstreams.first.requests[0]!) };
    }

    it.each([
      ['nothing', {}, {}],
      ['false', { stream_options: { include_usage: false, x: 1 } }, { x: 1 }],
      ['null', { stream_options: null }, {}],
    ])('asks for the usage if the caller sent %s, and hides it', async (_name, given, others) => {
      const whole = [preamble, content, more, closing, terminal];
      const { stream, row, sent } = await streamWith(given, whole);
      expect(sent.stream_options).toEqual({ ...others, include_usage: true });
      expect(stream.text).toBe(whole.join('').replace(usageChunk, ''));
      expect(row).toMatchObject({ input_tokens: 12, output_tokens: 3, usage_source: 'upstream', stream: 1 });
    });

    it('estimates the usage if the upstream sends none', async () => {
      const finish = closing.slice(0, closing.indexOf('\n\n') + 2);
      const { row } = await streamWith({}, [preamble, content, more, finish, terminal]);
      expect(row).toMatchObject({ status: 'ok', usage_source: 'estimated' });
      expect(Number(row.output_tokens)).toBeGreaterThanOrEqual(4);
    });

    it('gets the end that the upstream left out', async () => {
      const { stream, row } = await streamWith({}, [preamble, content, closing]);
      expect(stream.events.at(-1)).toBe('[DONE]');
      expect(row.status).toBe('ok');
    });

    it('is truncated if a choice that the caller asked for has no end', async () => {
      const { stream, row } = await streamWith({ n: 2 }, [preamble, content, closing]);
      expect(stream.text).not.toContain('[DONE]');
      expect(row).toMatchObject({ status: 'truncated', error_code: 'upstream_truncated' });
    });
  });

  it('waits for a slow caller, and loses nothing', async () => {
    const { model } = await upstreams.createTargets(app);
    const { preamble, closing, terminal } = streamOf('chat/completions');
    const chunk = `data: {"choices":[{"index":0,"delta":{"content":"${'x'.repeat(64 * 1024)}"}}]}\n\n`;
    let blocked = false;
    const count = 400;
    upstreams.first.script(async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(preamble);
      for (let index = 0; index < count; index++) {
        if (!response.write(chunk)) {
          const timer = setTimeout(() => (blocked = true), 300);
          await new Promise((resolve) => response.once('drain', resolve));
          clearTimeout(timer);
        }
      }
      response.end(closing + terminal);
    });
    const stream = await app.gateway.stream(
      '/v1/chat/completions',
      requestOf('chat/completions', model, { stream: true, stream_options: { include_usage: true } }),
    );
    stream.pause();
    await eventually('the upstream is paused', () => blocked);
    stream.resume();
    expect(await stream.finished()).toBe(true);
    expect(stream.bytes.length).toBe(
      Buffer.byteLength(preamble + closing + terminal) + count * Buffer.byteLength(chunk),
    );
  });
});
