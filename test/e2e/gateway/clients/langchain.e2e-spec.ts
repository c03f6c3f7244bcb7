import { engine } from '../../../support/database/database';
import {
  compareBills,
  startClientGateway,
  type ClientGateway,
} from '../../../support/vendor-clients/client-gateway';
import type { ClientResults } from '../../../support/vendor-clients/client-results';
import { casesOf, WITHOUT_THINKING } from '../../../support/vendor-clients/expected-results';
import { runClient } from '../../../support/vendor-clients/run-client';

/** LangChain returns a structured output alone, without the message. */
const SCHEMA = { schema: { ending: null } };
const REFUSAL = 'I cannot help with that.';

// The clients' requests do not depend on the database. The specs of the vendors' SDKs run on each.
(engine === 'sqlite' ? describe : describe.skip)('LangChain', () => {
  let gateway: ClientGateway;
  let results: ClientResults;

  beforeAll(async () => {
    gateway = await startClientGateway();
    results = await runClient('langchain.mjs', await gateway.createSettings(), gateway.upstream);
  });
  afterAll(() => gateway.stop());

  it.each([
    ...casesOf('chat', 'stop', {
      ...SCHEMA,
      ...WITHOUT_THINKING,
      // LangChain drops the refusals of chat completions.
      refusal: { text: '' },
      limit: { ending: 'length' },
    }),
    ...casesOf('responses', 'completed', {
      ...SCHEMA,
      refusal: { text: '', refusal: REFUSAL },
      limit: { ending: 'max_output_tokens' },
    }),
    ...casesOf('messages', 'end_turn', {
      ...SCHEMA,
      refusal: { text: REFUSAL, ending: 'refusal' },
      limit: { ending: 'max_tokens' },
    }),
  ])('shows %s', (scenario, expected) => {
    expect(results.resultOf(scenario)).toMatchObject(expected);
  });

  it('reads embeddings', () => {
    const { one, many } = results.resultOf('embeddings');
    expect(one).toHaveLength(8);
    expect(many).toEqual([one, expect.any(Array)]);
  });

  it.each([
    ['a wrong token', 'AuthenticationError', 401],
    ['a wrong token at messages', 'AuthenticationError', 401],
    ['an unknown model', 'NotFoundError', 404],
    ['a rate limit, without retries', 'RateLimitError', 429],
    ['a stream of chat completions that is cut', 'APIError', undefined],
    ['a stream of messages that is cut', 'APIError', undefined],
  ])('shows %s as its %s', (scenario, className, status) => {
    const error = results.errorOf(scenario);
    expect(error.classes[0]).toBe(className);
    expect(error.status).toBe(status);
    expect(error.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('succeeds after a rate limit if it may retry', () => {
    expect(results.resultOf('a rate limit, with retries')).toEqual({ text: 'You said: hi' });
  });

  it('is billed by the upstream for exactly what the ledger has', async () => {
    const { bill, ledger } = await compareBills(gateway);
    expect(bill.length).toBeGreaterThan(60);
    expect(ledger).toEqual(bill);
  });
});
