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

const DIFFERENCES = {
  refusal: { text: null, refusal: 'I cannot help with that.', ending: 'refusal' },
  limit: { ending: 'max_tokens' },
};

describe.each([
  ['@anthropic-ai/sdk', '2026-10-21', 'authorization', '/v1/messages'],
  ['anthropic-sdk-0', '2023-06-01', 'x-api-key', '/v1/messages?beta=true'],
])('the package %s', (name, version, credential, betaUrl) => {
  let results: ClientResults;

  beforeAll(async () => {
    const settings = { ...(await gateway.createSettings()), package: name };
    gateway.upstream.requests.length = 0;
    results = await runClient('anthropic.mjs', settings, gateway.upstream);
  });

  it.each([
    ...casesOf('messages', 'end_turn', DIFFERENCES),
    ...casesOf('beta messages', 'end_turn', DIFFERENCES),
  ])('shows %s', (scenario, expected) => {
    expect(results.resultOf(scenario)).toMatchObject(expected);
  });

  it('calls the upstream with its own version and the key of the provider', () => {
    const calls = gateway.upstream.requests;
    expect(calls.length).toBeGreaterThan(40);
    for (const { headers } of calls) {
      expect(headers['anthropic-version']).toBe(version);
      expect(headers['x-api-key']).toBeDefined();
      expect(headers.authorization).toBeUndefined();
    }
    expect(new Set(calls.map(({ url }) => url))).toEqual(
      new Set(['/v1/messages', betaUrl, '/v1/messages/count_tokens']),
    );
    expect(results.resultOf('its credential')).toEqual([credential]);
  });

  it('sees its selector as the model of a message', () => {
    for (const mode of ['streaming', 'not streaming'])
      expect(results.resultOf(`messages, text, ${mode}`).model).toMatch(/^my anthropic .*\^claude-strict$/);
  });

  it('sends a picture as the result of a tool', () => {
    expect(results.resultOf('an image in the result of a tool')).toEqual({
      text: 'Seen: image/png of 70 bytes',
    });
  });

  it('writes and reads the cache of prompts', () => {
    const [[written, cold], [warm, read]] = results.resultOf('a cached system prompt');
    expect([cold, warm]).toEqual([0, 0]);
    expect(written).toBeGreaterThan(80);
    expect(read).toBe(written);
  });

  it('counts tokens as the upstream bills them', () => {
    const { counted, used } = results.resultOf('countTokens');
    expect(counted).toBeGreaterThan(0);
    expect(counted).toBe(used);
  });

  it('lists models page by page and finds one by its selector', () => {
    const { ids, one } = results.resultOf('models.list');
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(3);
    expect(ids).toEqual(expect.arrayContaining(['claude-strict', one]));
  });

  it('shows the id of a request that the ledger has', async () => {
    const { text, streamed } = results.resultOf('a request id');
    expect(text).toBe('You said: hi');
    for (const id of [streamed, ...results.requestIds()])
      expect(await gateway.app.usageRowsOf(id)).toMatchObject([{ status: 'ok', attempt: 1 }]);
  });

  it.each([
    ['a wrong token', 'AuthenticationError', 401, 'authentication_error'],
    ['an unknown model', 'NotFoundError', 404, 'not_found_error'],
    ['a model that the upstream does not know', 'NotFoundError', 404, 'not_found_error'],
    ['a wrong key of the provider', 'InternalServerError', 502, 'api_error'],
    ['an unknown parameter', 'BadRequestError', 400, 'invalid_request_error'],
    ['a rate limit, without retries', 'RateLimitError', 429, 'rate_limit_error'],
    ['a stream that is cut', 'APIError', undefined, 'api_error'],
    ['a stream that is reset', 'APIError', undefined, 'api_error'],
    ['an error within a stream', 'APIError', undefined, 'overloaded_error'],
  ])('shows %s as its %s', (scenario, className, status, type) => {
    const error = results.errorOf(scenario);
    expect(error.classes[0]).toBe(className);
    expect(error.status).toBe(status);
    expect(error.message).toContain(`"type":"${type}"`);
    expect(error.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('may send sampling parameters only in an old version', () => {
    if (credential === 'x-api-key') expect(results.resultOf('a sampling parameter')).toBe('You said: hi');
    else expect(results.errorOf('a sampling parameter')).toMatchObject({ status: 400 });
  });

  it('succeeds after a rate limit if it may retry', () => {
    expect(results.resultOf('a rate limit, with retries')).toEqual({ text: 'You said: hi' });
  });
});

it('records exactly what the upstream bills', async () => {
  const { bill, ledger } = await compareBills(gateway);
  expect(bill.length).toBeGreaterThan(80);
  expect(ledger).toEqual(bill);
});
