import { bodyOf } from '../../support/gateway/gateway-replies';
import { useGateway, useUpstreamPair } from '../../support/gateway/use-gateway';
import { openaiError, requestOf, responseOf } from '../../support/gateway/vendor-responses';
import { uniqueName } from '../../support/registry/factories';
import { replyJson } from '../../support/upstreams/scripted-replies';

const VECTOR = [0.5, -1, 3.25];
const BASE64 = Buffer.from(new Float32Array(VECTOR).buffer).toString('base64');

const withVectors = (...vectors: unknown[]) => ({
  ...responseOf('embeddings'),
  data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
});

describe('POST /v1/embeddings', () => {
  const app = useGateway();
  const upstreams = useUpstreamPair();

  it.each([
    ['base64', 'base64', BASE64, BASE64],
    ['base64', 'floats', VECTOR, BASE64],
    ['float', 'floats', VECTOR, VECTOR],
    ['float', 'base64', BASE64, VECTOR],
    [undefined, 'base64', BASE64, VECTOR],
  ])('returns the format %s for an upstream that sends %s', async (format, _sent, vector, expected) => {
    const { model } = await upstreams.createTargets(app);
    upstreams.first.script(replyJson(withVectors(vector, vector)));
    const request = requestOf('embeddings', model, { encoding_format: format, dimensions: 3 });
    const response = await app.gateway.post('/v1/embeddings', request);
    expect(response.body).toEqual(withVectors(expected, expected));
    expect(bodyOf(upstreams.first.requests[0]!)).toEqual(request);
    const [row] = await app.usageRowsOf(String(response.headers['x-request-id']));
    expect(row).toMatchObject({
      status: 'ok',
      input_tokens: 12,
      output_tokens: 0,
      bytes_out: response.bytes.length,
    });
  });

  it.each([
    ['rejects', replyJson(openaiError('encoding_format must be float'), 400)],
    ['returns nothing for', replyJson(withVectors())],
  ])('repeats the call with floats when the upstream %s base64, and learns that', async (_name, reply) => {
    const { model } = await upstreams.createTargets(app);
    upstreams.first.script(reply, replyJson(withVectors(VECTOR)));
    const request = requestOf('embeddings', model, { encoding_format: 'base64' });
    for (let call = 0; call < 2; call++) {
      const response = await app.gateway.post('/v1/embeddings', request);
      expect(response.body).toEqual(withVectors(BASE64));
    }
    expect(upstreams.first.requests.map((sent) => bodyOf(sent).encoding_format)).toEqual([
      'base64',
      'float',
      'float',
    ]);
  });

  it('fails over to another provider of the model', async () => {
    const { model } = await upstreams.createTargets(app);
    upstreams.first.script(replyJson(openaiError('x'), 500));
    upstreams.second.script(replyJson(withVectors(VECTOR)));
    const response = await app.gateway.post('/v1/embeddings', requestOf('embeddings', model));
    expect(response.body).toEqual(withVectors(VECTOR));
    expect(upstreams.first.requests).toHaveLength(1);
  });

  it('does not fail over to another model', async () => {
    const { first } = await upstreams.createTargets(app);
    const other = await app.createTarget(`${upstreams.second.url}/v1`);
    upstreams.first.script(replyJson(openaiError('x'), 500));
    upstreams.second.script(replyJson(withVectors(VECTOR)));
    const headers = { 'x-caret-selectors': other.selector };
    const request = requestOf('embeddings', first.selector);
    expect((await app.gateway.post('/v1/embeddings', request, headers)).status).toBe(502);
    expect(upstreams.second.requests).toHaveLength(0);
  });

  it('does not choose a model for a tag unless it is known for embeddings', async () => {
    const tag = uniqueName('tag');
    await app.createTarget(`${upstreams.first.url}/v1`, { model: { tags: [tag] } });
    const response = await app.gateway.post('/v1/embeddings', requestOf('embeddings', `#${tag}`));
    expect(response.status).toBe(404);
    expect(response.body.error).toMatchObject({ code: 'model_not_found', param: 'model' });
    expect(response.body.error.message).toContain('embedding');
  });

  it('lets long vectors flow in the format that the caller asked for', async () => {
    const { model } = await upstreams.createTargets(app);
    const vector = Array.from({ length: 200_000 }, (_, index) => index / 7);
    const body = withVectors(vector);
    upstreams.first.script(replyJson(body));
    const response = await app.gateway.post('/v1/embeddings', requestOf('embeddings', model));
    expect(response.text).toBe(JSON.stringify(body));
    upstreams.first.script(replyJson(body));
    const encoded = await app.gateway.post(
      '/v1/embeddings',
      requestOf('embeddings', model, { encoding_format: 'base64' }),
    );
    const bytes = Buffer.from(encoded.body.data[0].embedding, 'base64');
    expect(bytes.length).toBe(4 * vector.length);
    expect(bytes.readFloatLE(4 * 700)).toBeCloseTo(100, 4);
  });
});
