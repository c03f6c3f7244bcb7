import { engine } from '../../../support/database/database';
import {
  compareBills,
  startClientGateway,
  type ClientGateway,
} from '../../../support/vendor-clients/client-gateway';
import type { ClientResults } from '../../../support/vendor-clients/client-results';
import { casesOf, WITHOUT_THINKING } from '../../../support/vendor-clients/expected-results';
import { runClient } from '../../../support/vendor-clients/run-client';

const ENDINGS = { refusal: { ending: 'content-filter' }, limit: { ending: 'length' } };

const AI_7 = {
  ai: 'ai',
  openai: '@ai-sdk/openai',
  anthropic: '@ai-sdk/anthropic',
  compatible: '@ai-sdk/openai-compatible',
};
const AI_6 = {
  ai: 'ai-6',
  openai: 'ai-6-openai',
  anthropic: 'ai-6-anthropic',
  compatible: 'ai-6-openai-compatible',
};

// The clients' requests do not depend on the database. The specs of the vendors' SDKs run on each.
(engine === 'sqlite' ? describe : describe.skip)('the AI SDK', () => {
  let gateway: ClientGateway;

  beforeAll(async () => {
    gateway = await startClientGateway();
  });
  afterAll(() => gateway.stop());

  describe.each([
    [7, AI_7],
    [6, AI_6],
  ])('version %i', (_version, packages) => {
    let results: ClientResults;

    beforeAll(async () => {
      const settings = { ...(await gateway.createSettings()), packages };
      results = await runClient('ai-sdk.mjs', settings, gateway.upstream);
    });

    it.each([
      ...casesOf('chat', 'stop', { ...ENDINGS, ...WITHOUT_THINKING }),
      ...casesOf('responses', 'stop', ENDINGS),
      ...casesOf('messages', 'stop', ENDINGS),
      ...casesOf('compatible', 'stop', ENDINGS),
    ])('shows %s', (scenario, expected) => {
      expect(results.resultOf(scenario)).toMatchObject(expected);
    });

    it('reads embeddings through either provider', () => {
      const { one, many, third } = results.resultOf('embeddings');
      expect(one).toHaveLength(8);
      expect(many).toEqual([one, expect.any(Array)]);
      expect(third).toEqual(one);
    });

    it('shows the id of a request that the ledger has', async () => {
      const ids = results.requestIds();
      expect(ids).toHaveLength(80);
      const rows = await gateway.app.usageRows();
      const known = new Set(rows.map((row) => row['request_id']));
      expect(ids.filter((id) => !known.has(id))).toEqual([]);
    });

    it.each([
      ['a wrong token', 401, false],
      ['a wrong token at messages', 401, false],
      ['an unknown model', 404, false],
      ['a rate limit, without retries', 429, true],
    ])('shows %s as its APICallError', (scenario, status, isRetryable) => {
      const error = results.errorOf(scenario);
      expect(error.classes[0]).toBe('APICallError');
      expect(error).toMatchObject({ status, isRetryable });
    });

    it('succeeds after a rate limit if it may retry', () => {
      expect(results.resultOf('a rate limit, with retries')).toEqual({ text: 'You said: hi' });
    });

    it.each([
      ['chat completions', 'ended its response too early'],
      ['responses', 'reset the connection'],
      ['messages', 'ended its response too early'],
    ])('shows why a stream of %s was cut', (endpoint, reason) => {
      const { text, error, ending } = results.resultOf(`a stream of ${endpoint} that is cut`);
      expect('You said: hi'.startsWith(text)).toBe(true);
      expect(text).not.toBe('');
      expect(error).toContain(reason);
      expect(ending).toBe('error');
    });
  });

  it('is billed by the upstream for exactly what the ledger has', async () => {
    const { bill, ledger } = await compareBills(gateway);
    expect(bill.length).toBeGreaterThan(200);
    expect(ledger).toEqual(bill);
  });
});
