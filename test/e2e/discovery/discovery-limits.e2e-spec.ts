import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { startTestApp, type TestApp } from '../../support/app/app';
import { paced } from '../../support/pace';
import { problem } from '../../support/registry/factories';
import { availableModels, idsOf, createProviderAt } from '../../support/upstreams/discovery-factories';
import {
  dribble,
  replyGzipBomb,
  replyJson,
  replyLarge,
  replyText,
} from '../../support/upstreams/scripted-replies';
import { type Reply, ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const MEBIBYTE = 1024 * 1024;
const invalidResponse = { status: 502, code: 'llm_providers.upstream_invalid_response' };
const timeout = { status: 504, code: 'llm_providers.upstream_timeout' };
const ids = (count: number) => Array.from({ length: count }, (_, index) => `model-${index}`);

/** Creates a list of one model with about `bytes` decoded bytes. */
const padList = (bytes: number) => JSON.stringify({ data: [{ id: 'one' }], padding: 'a'.repeat(bytes) });

const replyGzip =
  (text: string, encoding = 'gzip'): Reply =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding });
    response.end(gzipSync(text));
  };

describe('the limits of available-models', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;

  beforeAll(async () => {
    app = await startTestApp();
    upstream = await ScriptedUpstream.start();
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));

  const outcomeOf = async (reply: Reply, overrides = {}) => {
    upstream.script(reply);
    return availableModels(app.api, await createProviderAt(app.api, upstream.url, overrides));
  };

  describe('time', () => {
    it.each(['openai', 'anthropic'])(
      'is limited in total, even if bytes keep arriving (%s)',
      async (provider) => {
        const { result, milliseconds, limit } = await paced(() =>
          outcomeOf(dribble(10), { provider, advanced_json: { timeout_ms: 250 } }),
        );
        expect(problem(result)).toEqual(timeout);
        expect(milliseconds).toBeLessThan(limit(2000));
      },
    );

    it('is limited for all pages together, and cuts the list at whole pages', async () => {
      const page = (index: number): Reply => {
        const reply = replyJson({ data: [{ id: `m${index}` }], has_more: true, last_id: `m${index}` });
        return async (response, request) => {
          await sleep(60);
          await reply(response, request);
        };
      };
      upstream.script(...Array.from({ length: 100 }, (_, index) => page(index)));
      const advanced_json = { timeout_ms: 250 };
      const path = await createProviderAt(app.api, upstream.url, { provider: 'anthropic', advanced_json });
      const response = await availableModels(app.api, path);
      expect(idsOf(response)).toContain('m0');
      expect(response.body).toMatchObject({ truncated: true, left: null });
      expect(upstream.requests.length).toBeLessThan(10);
    });
  });

  describe('size', () => {
    it('accepts a list just below 16 MiB, plain and compressed', async () => {
      const text = padList(16 * MEBIBYTE - 100);
      expect(idsOf(await outcomeOf(replyGzip(text)))).toEqual(['one']);
      const plain: Reply = (response) => void response.writeHead(200).end(text);
      expect(idsOf(await outcomeOf(plain))).toEqual(['one']);
    });

    it('is measured in decoded bytes', async () => {
      const text = padList(16 * MEBIBYTE + 100);
      expect(gzipSync(text).length).toBeLessThan(40_000);
      expect(problem(await outcomeOf(replyGzip(text)))).toEqual(invalidResponse);
    });

    it('is measured for all pages together, and cuts the list at whole pages', async () => {
      const page = (index: number) =>
        replyJson({
          data: [{ id: `m${index}`, padding: 'a'.repeat(6 * MEBIBYTE) }],
          has_more: index < 3,
          last_id: `m${index}`,
        });
      upstream.script(page(1), page(2), page(3));
      const path = await createProviderAt(app.api, upstream.url, { provider: 'anthropic' });
      const response = await availableModels(app.api, path);
      expect(idsOf(response)).toEqual(['m1', 'm2']);
      expect(response.body).toMatchObject({ truncated: true, left: null });
    });

    it.each([
      ['50 MB', replyLarge(50_000_000)],
      ['a gzip bomb', replyGzipBomb(200_000_000)],
    ])('rejects %s without reading it into memory', async (_what, reply) => {
      const before = process.memoryUsage().rss;
      expect(problem(await outcomeOf(reply))).toEqual(invalidResponse);
      expect(process.memoryUsage().rss - before).toBeLessThan(64 * MEBIBYTE);
    });

    it.each([
      ['nested encodings', replyGzip('{}', 'gzip, gzip')],
      ['an unknown encoding', replyGzip('{}', 'zstandard')],
      [
        'a body in another encoding than declared',
        replyJson({ data: [] }, 200, { 'content-encoding': 'gzip' }),
      ],
      ['more than 16 KiB of headers', replyJson({ data: [] }, 200, { 'x-filler': 'a'.repeat(17_000) })],
    ])('rejects %s', async (_what, reply) => {
      expect(problem(await outcomeOf(reply))).toEqual(invalidResponse);
    });
  });

  describe('structure', () => {
    const nest = (levels: number) => `{"data":[{"id":"one"}],"x":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    // The object, the two lists, the model and its id are values too.
    const values = (count: number) => `{"data":[{"id":"one"}],"x":[${'1,'.repeat(count - 6)}1]}`;
    const sent = (text: string) => outcomeOf(replyText(text, 'application/json'));

    it('accepts 32 levels and 1 000 000 values', async () => {
      expect(idsOf(await sent(nest(31)))).toEqual(['one']);
      expect(idsOf(await sent(values(1_000_000)))).toEqual(['one']);
    });

    it('rejects more, also in an error response', async () => {
      expect(problem(await sent(nest(32)))).toEqual(invalidResponse);
      expect(problem(await sent(values(1_000_001)))).toEqual(invalidResponse);
      const response = await outcomeOf(
        replyText(`{"message":"deep","x":${nest(32)}}`, 'application/json', 400),
      );
      expect(response.body.detail).not.toContain('deep');
    });
  });

  describe('number', () => {
    it('is 50 000 models, and the rest is counted', async () => {
      const entries = (count: number) => ({ data: ids(count).map((id) => ({ id })) });
      const { body } = await outcomeOf(replyJson(entries(50_007)));
      expect(body.models).toHaveLength(50_000);
      expect(body).toMatchObject({ truncated: true, left: 7, unreadable: 0 });
    });
  });
});
