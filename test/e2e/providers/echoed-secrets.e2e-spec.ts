import { randomBytes } from 'node:crypto';
import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import { createModel, createProvider, modelPath, providerPath } from '../../support/registry/factories';
import { findLeaks } from '../../support/secrets/leak-search';
import { replyJson, replyRedirect, replyText } from '../../support/upstreams/scripted-replies';
import { type Reply, ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

const random = () => `${randomBytes(15).toString('base64url')}+x~y%z/${randomBytes(9).toString('hex')}`;
const KEY = `sk-${random()}`;
/** For host names: letters and digits. */
const WORD = `k${randomBytes(20).toString('hex')}`;
const PAIR = `user:${random()}`;
const HEADER = `token-${random()}`;

type Places = (secret: string) => readonly (readonly [place: string, reply: Reply])[];

const encode = (text: string) => encodeURIComponent(text);

/** Replies with the bytes as they are, such as a header that Node would not write. */
const replyRaw =
  (text: string): Reply =>
  (response) =>
    void response.socket?.end(text);

const redirects: Places = (secret) => [
  ['the path of a redirect', replyRedirect(`http://h.example/x/${encode(secret)}/y`)],
  ['a path that is not encoded', replyRedirect(`http://h.example/x/${secret.replace('%', '')}/y`)],
  ['a path that is encoded twice', replyRedirect(`http://h.example/x/${encode(encode(secret))}`)],
  ['a relative redirect', replyRedirect(`/${encode(secret)}/models`, 307)],
  ['base64 in a redirect', replyRedirect(`/${Buffer.from(secret).toString('base64url')}/models`)],
  ['the query of a redirect', replyRedirect(`http://h.example/?key=${encode(secret)}`)],
  ['the fragment of a redirect', replyRedirect(`http://h.example/#${encode(secret)}`)],
  ['the user of a redirect', replyRedirect(`http://${encode(secret)}:${encode(secret)}@h.example/`)],
  ['the host of a redirect', replyRedirect(`http://${secret === WORD ? secret : 'k'}.example/`)],
];

const bodies: Places = (secret) => [
  ...[400, 401, 403, 404, 405, 418, 422, 429, 500, 503].map(
    (status) => [`an error ${status}`, replyJson({ error: { message: `no: ${secret}` } }, status)] as const,
  ),
  ['a status', replyRaw(`HTTP/1.1 403 ${encode(secret)}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`)],
  ['a page', replyText(`<html>${secret}</html>`, 'text/html', 403)],
  ['an error with 200', replyJson({ error: secret })],
  ['the error of a choice', replyJson({ choices: [{ error: { message: secret, code: 400 } }] })],
  ['the place of an invalid field', replyJson({ detail: [{ loc: [secret], msg: 'x' }] }, 422)],
  ["a vendor's raw error", replyJson({ error: { message: 'x', metadata: { raw: secret } } }, 400)],
  ['no JSON', replyText(secret)],
  ['invalid HTTP', replyRaw(`${secret}\r\n\r\n`)],
];

const headers: Places = (secret) =>
  ['www-authenticate', 'retry-after', 'content-type', 'cf-mitigated', 'x-request-id', 'link'].flatMap(
    (name) => [
      [`the header ${name} of 401`, replyJson({}, 401, { [name]: encode(secret) })],
      [`the header ${name} of 403`, replyJson({}, 403, { [name]: secret })],
      [`the header ${name} of 200`, replyJson({}, 200, { [name]: secret })],
    ],
  );

const lists: Places = (secret) => {
  const entry = { id: 'one', object: 'model' };
  const next = `/v1/models/${encode(secret)}`;
  const notFound = replyJson({}, 404);
  return [
    ...['id', 'name', 'display_name', 'type'].flatMap((member) =>
      [secret, encode(secret), Buffer.from(`x${secret}y`).toString('base64'), secret.toUpperCase()].map(
        (text) => [`the ${member} of a model`, replyJson({ data: [{ ...entry, [member]: text }] })] as const,
      ),
    ),
    ['the modalities of a model', replyJson({ data: [{ ...entry, input_modalities: [secret] }] })],
    ['the status of a model', replyJson({ data: [{ ...entry, status: secret, lifecycle: secret }] })],
    [
      'the prices of a model',
      replyJson({ data: [{ ...entry, pricing: { prompt: secret, [secret]: '1' } }] }),
    ],
    [
      'the URL of the next page',
      (response, request) =>
        (request.url.endsWith('/models') ? replyJson({ data: [entry], next }) : notFound)(response, request),
    ],
    [
      'the path of a redirect that adds a slash',
      (response, request) => {
        const path = `/v1/${encode(secret)}/models`;
        if (request.url.endsWith('/v1/models'))
          return replyJson({ data: [entry], next: path })(response, request);
        return replyRedirect(`${request.url}/`, 307)(response, request);
      },
    ],
  ];
};

const places = (secret: string) => [redirects, bodies, headers, lists].flatMap((each) => each(secret));

describe('an upstream that repeats', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;

  beforeAll(async () => {
    app = await startTestApp({ env: { LOG_LEVEL: 'trace' } });
    upstream = await ScriptedUpstream.start();
  });
  afterAll(() => Promise.all([app.stop(), upstream.stop()]));

  /** Calls every route that calls an upstream, and returns the texts of the responses. */
  async function callAll(provider: Json, model: Json, credentials: Json): Promise<string[]> {
    const path = providerPath(provider);
    const responses = [
      await app.api.get(`${path}/available-models?refresh=true`),
      await app.api.get(`${path}/available-models`),
      await app.api.get(`${path}/price-check`),
      await app.api.post(`${path}/price-check/apply`, { model_ids: [model.id] }),
      await app.api.post(`${path}/test`),
      await app.api.post(`${modelPath(model)}/test`),
      await app.api.post(`${path}/models/import`, { models: 'all' }),
      await app.api.post('/v1/llm-providers/discover', { provider: 'openai', ...credentials }),
    ];
    return responses.map(({ text, headers: sent }) => `${text} ${JSON.stringify([...sent])}`);
  }

  it.each([
    ['the key', { api_key: KEY, advanced_json: {} }, KEY],
    ['a key of letters and digits', { api_key: WORD, advanced_json: {} }, WORD],
    [
      'the password of basic authentication',
      { api_key: PAIR, advanced_json: { auth_scheme: 'basic' } },
      PAIR.slice('user:'.length),
    ],
    [
      'a secret header',
      { api_key: 'dummy', advanced_json: { extra_headers: { 'X-Gateway-Token': HEADER } } },
      HEADER,
    ],
  ])('%s leaks it nowhere', async (_what, fields, secret) => {
    const credentials = { ...fields, base_url: upstream.url };
    const leaks: unknown[] = [];
    const provider = await createProvider(app.api, credentials);
    const model = await createModel(app.api, provider.id, { model: 'one' });
    for (const [place, reply] of places(secret)) {
      upstream.script(reply);
      const texts = await callAll(provider, model, credentials);
      const found = texts.map((text) => findLeaks(secret, text)[0]);
      if (found.some((each) => each !== undefined)) leaks.push([place, found]);
    }
    expect(leaks).toEqual([]);
    expect(findLeaks(secret, app.logs())).toEqual([]);
    expect(findLeaks(secret, (await app.api.get('/v1/audit-events?limit=200')).text, { shown: 8 })).toEqual(
      [],
    );
  });
});
