import { eventually } from '../../../support/eventually';
import {
  compareBills,
  startClientGateway,
  type ClientGateway,
} from '../../../support/vendor-clients/client-gateway';
import type { ClientResults } from '../../../support/vendor-clients/client-results';
import { casesOf } from '../../../support/vendor-clients/expected-results';
import { runClient } from '../../../support/vendor-clients/run-client';

let gateway: ClientGateway;

beforeAll(async () => {
  gateway = await startClientGateway();
});
afterAll(() => gateway.stop());

const REFUSAL = 'I cannot help with that.';

describe.each(['openai', 'openai-6'])('the package %s', (name) => {
  let results: ClientResults;

  beforeAll(async () => {
    const settings = { ...(await gateway.createSettings()), package: name };
    results = await runClient('openai.mjs', settings, gateway.upstream);
  });

  it.each([
    ...casesOf('chat completions', 'stop', {
      refusal: { text: null, refusal: REFUSAL },
      limit: { ending: 'length' },
    }),
    ...casesOf('responses', 'completed', {
      refusal: { text: null, refusal: REFUSAL },
      limit: { ending: 'max_output_tokens' },
    }),
  ])('shows %s', (scenario, expected) => {
    expect(results.resultOf(scenario)).toMatchObject(expected);
  });

  it('gets the usage of a stream only if it asks for it', () => {
    expect(results.resultOf('usage in a stream')).toEqual({ usages: [0], bare: false });
  });

  it('reads several choices', () => {
    const both = ['You said: hi', 'You said: hi'];
    expect(results.resultOf('two choices')).toEqual([both, both]);
  });

  it('continues a stored response, and compacts', () => {
    expect(results.resultOf('a stored conversation')).toEqual({
      text: 'You said: and now',
      object: 'response.compaction',
    });
  });

  it('decodes the same embeddings from either encoding', () => {
    const { usual, floats, base64, short, usage } = results.resultOf('embeddings');
    expect(usual).toEqual([expect.any(Array), expect.any(Array)]);
    expect(usual[0]).toHaveLength(8);
    expect(floats).toEqual(usual);
    const bytes = usual.map((vector: number[]) => Buffer.from(new Float32Array(vector).buffer));
    expect(base64).toEqual(bytes.map((each: Buffer) => each.toString('base64')));
    expect(short).toEqual(usual.map((vector: number[]) => vector.slice(0, 2)));
    expect(usage).toEqual({ prompt_tokens: 2, total_tokens: 2 });
  });

  it('lists models and finds one by its selector', () => {
    const { ids, one } = results.resultOf('models.list');
    expect(ids).toEqual(expect.arrayContaining(['gpt-strict', 'embed-strict', one]));
    expect(one).toMatch(/^my openai .*\^gpt-strict$/);
  });

  it('shows the id of a request that the ledger has', async () => {
    const { text, streamed, header } = results.resultOf('a request id');
    expect([text, header]).toEqual(['You said: hi', streamed]);
    for (const id of [streamed, ...results.requestIds()])
      expect(await gateway.app.usageRowsOf(id)).toMatchObject([{ status: 'ok', attempt: 1 }]);
  });

  it.each([
    ['a wrong token', 'AuthenticationError', { status: 401, code: 'invalid_api_key' }],
    ['an unknown model', 'NotFoundError', { status: 404, code: 'model_not_found', param: 'model' }],
    [
      'a model that the upstream does not know',
      'NotFoundError',
      { status: 404, code: 'model_not_found', message: expect.stringContaining('no-such-upstream-model') },
    ],
    ['a wrong key of the provider', 'InternalServerError', { status: 502, code: 'upstream_auth_failed' }],
    [
      'an unknown parameter',
      'BadRequestError',
      { status: 400, code: 'unknown_parameter', param: 'no_such_parameter' },
    ],
    [
      'an unknown previous response',
      'BadRequestError',
      { status: 400, code: 'previous_response_not_found', param: 'previous_response_id' },
    ],
    ['a rate limit, without retries', 'RateLimitError', { status: 429, code: 'rate_limit_exceeded' }],
    ['a stream of chat completions that is cut', 'APIError', { code: 'upstream_truncated' }],
    ['an error within a stream', 'APIError', { message: 'Overloaded', type: 'server_error' }],
  ])('shows %s as its %s', (scenario, type, fields) => {
    const error = results.errorOf(scenario);
    expect(error.classes[0]).toBe(type);
    expect(error).toMatchObject(fields);
    expect(error.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('reads a stream that arrives byte by byte', () => {
    expect(results.resultOf('a stream in single bytes')).toBe('é → 🙂');
  });

  it('ends the upstream call when it stops waiting', async () => {
    expect(results.errorOf('a timeout of the client').classes[0]).toBe('APIConnectionTimeoutError');
    await eventually('the ledger has the call', async () => {
      const rows = await gateway.app.usageRows();
      return rows.some(
        (row) => row['client_request_id'] === `impatient-${name}` && row['status'] === 'client_closed',
      );
    });
  });

  it('succeeds after a rate limit if it may retry', () => {
    expect(results.resultOf('a rate limit, with retries')).toEqual({ text: 'You said: hi' });
  });

  it('gets a failed response as the last event of a stream that is reset', () => {
    const [type, error] = results.resultOf('a stream of responses that is reset');
    expect(type).toBe('response.failed');
    expect(error).toMatchObject({ code: 'connection_reset' });
  });
});

it('records exactly what the upstream bills', async () => {
  const { bill, ledger } = await compareBills(gateway);
  expect(bill.length).toBeGreaterThan(100);
  expect(ledger).toEqual(bill);
});
