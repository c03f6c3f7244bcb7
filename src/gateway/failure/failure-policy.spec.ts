import { createFailure, type FailureCode } from './failure';
import { POLICIES, waitBeforeRepeat } from './failure-policy';

describe('POLICIES', () => {
  const LAST = 'if-last';
  it.each<[FailureCode, string, boolean, string, number, boolean]>([
    ['egress_denied', 'no', true, 'none', 0, false],
    ['too_many_calls', 'no', true, 'none', 0, false],
    ['name_not_resolved', LAST, true, 'breaker', 0, false],
    ['connection_refused', LAST, true, 'breaker', 0, false],
    ['connection_reset', LAST, true, 'breaker', 0, false],
    ['certificate_invalid', LAST, true, 'breaker', 0, false],
    ['upstream_unreachable', LAST, true, 'breaker', 0, false],
    ['upstream_timeout', LAST, true, 'breaker', 0, false],
    ['upstream_redirected', LAST, true, 'breaker', 0, false],
    ['upstream_invalid_response', LAST, true, 'breaker', 0, false],
    ['upstream_truncated', LAST, true, 'breaker', 0, false],
    ['upstream_overloaded', LAST, true, 'breaker', 0, false],
    ['upstream_error', LAST, true, 'breaker', 0, false],
    ['rate_limit_exceeded', 'if-last-and-soon', true, 'cool-by-response', 0, false],
    ['upstream_quota', 'no', true, 'cool-provider', 300_000, false],
    ['upstream_auth_failed', 'no', true, 'cool-provider', 60_000, false],
    ['model_not_found', 'no', true, 'cool-model', 60_000, false],
    ['endpoint_not_found', 'no', true, 'none', 0, false],
    ['context_length_exceeded', 'no', false, 'none', 0, true],
    ['content_rejected', 'no', false, 'none', 0, true],
    ['invalid_request', 'no', false, 'none', 0, true],
  ])('says what follows from %s', (code, sameTarget, nextTarget, mark, coolingMs, isCallers) => {
    const policy = POLICIES[createFailure(code).kind];
    expect(policy).toEqual({ sameTarget, nextTarget, mark, coolingMs, isCallers });
  });
});

describe('waitBeforeRepeat', () => {
  it('spreads the waits from 250 to 500 ms', () => {
    const waits = Array.from({ length: 200 }, waitBeforeRepeat);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(250);
    expect(Math.max(...waits)).toBeLessThanOrEqual(500);
    expect(new Set(waits).size).toBeGreaterThan(100);
  });
});
