import type { DomainError } from '../../common/domain-error';
import { validateBody } from '../../http/request/validate-body';
import { calculateCost } from '../../pricing/cost-calculator';
import { normaliseUsage } from '../../pricing/token-usage/usage-normaliser';
import { CostRequest } from './cost.dto';
import { COST_EXAMPLE, COST_EXAMPLES } from './cost.examples';

function pointers(body: unknown): string[] {
  try {
    validateBody(body, CostRequest);
  } catch (error) {
    return (error as DomainError).errors!.map(({ pointer, code }) => `${pointer} ${code}`);
  }
  throw new Error('validateBody accepted the body');
}

describe('CostRequest', () => {
  it.each(Object.values(COST_EXAMPLES))('accepts the example: $summary', ({ value }) => {
    expect(validateBody(value, CostRequest)).toEqual(value);
  });

  it('points to problems in the usage', () => {
    expect(pointers({ selector: 'a^b', usage: { prompt_tokens: -1 } })).toEqual([
      '/usage/prompt_tokens range',
    ]);
    expect(pointers({ selector: 'a^b', usage: {} })).toEqual(['/usage format']);
    expect(pointers({ selector: 'a^b', usage: null })).toEqual(['/usage type']);
  });

  it('requires a usage', () => {
    expect(pointers({ selector: 'a^b' })).toEqual(['/usage required']);
  });

  it('rejects invalid selectors, ids, contexts and unknown fields', () => {
    const usage = { input: 1 };
    expect(pointers({ selector: 5, model_id: null, context: [], usage, model: 'm' })).toEqual(
      expect.arrayContaining(['/model unknown_field', '/selector type', '/model_id type', '/context type']),
    );
  });
});

describe('the example in the OpenAPI document', () => {
  it('is the response to its request', () => {
    // platform.claude.com/docs/en/build-with-claude/prompt-caching: $3, $15, $3.75 and $0.30 per million.
    const rates = {
      input: 0.003,
      output: 0.015,
      cacheWrite: 0.00375,
      cacheRead: 0.0003,
      multiplier: 1,
      sheet: null,
    };
    const { selector, ...cost } = COST_EXAMPLE;
    const { value } = COST_EXAMPLES['anthropic']!;
    const usage = normaliseUsage(value.usage, { kind: 'anthropic' });
    expect(calculateCost(usage, rates, { at: 0 })).toEqual(cost);
    expect(value.selector).toBe(selector);
  });
});
