import fc from 'fast-check';
import { ENDPOINTS, type EndpointPath } from '../dialect/endpoint';
import { readJsonResponse } from './json-response';

function read(path: EndpointPath, body: unknown) {
  const endpoint = ENDPOINTS.find((each) => each.path === path)!;
  return readJsonResponse(endpoint, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
}

const USAGE = { prompt_tokens: 8, completion_tokens: 3, total_tokens: 11 };

/** A response of each endpoint without an error. */
const RESPONSES: readonly (readonly [EndpointPath, Record<string, unknown>])[] = [
  ['chat/completions', { id: 'chatcmpl-1', model: 'gpt-5', choices: [{ index: 0 }], usage: USAGE }],
  ['responses', { id: 'resp_1', model: 'gpt-5', status: 'completed', error: null, output: [], usage: USAGE }],
  ['responses/compact', { id: 'resp_1', object: 'response.compaction', output: [], usage: USAGE }],
  ['messages', { id: 'msg_1', type: 'message', model: 'claude', content: [], usage: USAGE }],
  ['messages/count_tokens', { input_tokens: 14 }],
  ['embeddings', { object: 'list', data: [{ embedding: [1] }], model: 'm', usage: USAGE }],
];

describe('readJsonResponse', () => {
  it.each(RESPONSES)('reads a response of %s', (path, body) => {
    const { spliceModel, ...facts } = read(path, body);
    expect(facts).toEqual({
      isJson: true,
      error: null,
      usage: body.usage ?? null,
      responseId: body.id ?? null,
      upstreamModel: body.model ?? null,
      isStored: path === 'responses',
    });
    const spliced = JSON.parse(Buffer.concat(spliceModel('my "own"')).toString());
    expect(spliced).toEqual('model' in body ? { ...body, model: 'my "own"' } : body);
  });

  it.each(RESPONSES)('finds an error beside a result of %s', (path, body) => {
    for (const error of [{ message: 'Slow down', code: 'rate_limit_exceeded' }, 'Slow down'])
      expect(read(path, { ...body, error }).error).toMatchObject({ message: 'Slow down' });
    for (const error of [null, false, '', {}]) expect(read(path, { ...body, error }).error).toBeNull();
  });

  it.each([
    [{ error: { message: 'Slow down', type: 'rate_limit_error', code: null } }, 429],
    [{ type: 'error', error: { type: 'overloaded_error', message: 'Slow down' } }, 529],
    [{ error: 'Slow down' }, 502],
    [{ detail: 'Slow down' }, 502],
    [{ message: 'Slow down', code: 401 }, 401],
    [{ object: 'error', message: 'Slow down', code: 400 }, 400],
    [{ code: 1302, msg: 'Slow down', success: false, data: null }, 502],
    [{ base_resp: { status_code: 1008, status_msg: 'Slow down' }, choices: null }, 502],
  ])('finds the error %j instead of a result', (body, status) => {
    for (const [path] of RESPONSES)
      expect(read(path, body).error).toMatchObject({ status, message: 'Slow down' });
  });

  it.each([
    [{ status: 'failed', error: { code: 'server_error', message: 'Slow down' } }, 500],
    [{ status: 'failed', error: null }, 502],
  ])('takes a failed response for an error: %j', (failed, status) => {
    const body = { id: 'resp_1', output: [], usage: USAGE, ...failed };
    expect(read('responses', body)).toMatchObject({ error: { status }, usage: USAGE });
    expect(read('chat/completions', { ...body, error: undefined, choices: [{}] }).error).toBeNull();
  });

  it('does not take a failed batch of another endpoint for an error', () => {
    expect(read('responses/compact', { status: 'failed', output: [] }).error).toBeNull();
  });

  it.each([
    [{}, true],
    [{ store: true }, true],
    [{ store: false }, false],
    [{ id: undefined }, false],
  ])('reports a response with %j as stored or not: %s', (more, isStored) => {
    expect(read('responses', { ...RESPONSES[1]![1], ...more }).isStored).toBe(isStored);
  });

  it.each(['', ' ', 'null', '"text"', '[{"id":1}]', '<html>', '{"id":"a"', '{"id":"a"} x', 'data: {}\n\n'])(
    'reports %j as no JSON object',
    (body) => {
      const { isJson, spliceModel } = read('responses', body);
      expect(isJson).toBe(false);
      expect(Buffer.concat(spliceModel('m')).toString()).toBe(body);
    },
  );

  it('reads a response of many megabytes without its text', () => {
    const body = {
      output: [{ text: 'x'.repeat(10_000_000) }],
      error: { message: 'Slow down' },
      usage: USAGE,
    };
    expect(read('responses', body)).toMatchObject({ usage: USAGE, error: { message: 'Slow down' } });
  });

  it('agrees with JSON.parse on any object', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const key = fc.constantFrom('id', 'model', 'usage', 'error', 'choices', 'store', 'x', 'service_tier');
    fc.assert(
      fc.property(fc.dictionary(key, value), fc.constantFrom(undefined, 1), (any, space) => {
        const text = JSON.stringify(any, null, space);
        const object = JSON.parse(text);
        const response = read('responses', text);
        expect(response.isJson).toBe(true);
        expect(response.responseId).toBe(typeof object.id === 'string' ? object.id || null : null);
        const isUsage =
          typeof object.usage === 'object' && object.usage !== null && !Array.isArray(object.usage);
        expect(response.usage !== null).toBe(isUsage);
        const spliced = JSON.parse(Buffer.concat(response.spliceModel('m')).toString());
        expect(spliced).toEqual('model' in object ? { ...object, model: 'm' } : object);
      }),
    );
  });
});
