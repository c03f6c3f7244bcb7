import { Logger } from '@nestjs/common';
import { createFailure, type FailureCode } from '../failure/failure';
import { createTarget } from './fixtures/targets';
import { TargetHealth } from './target-health';

const START = 5_000_000;
const TARGET = createTarget();
const SIBLING = createTarget({ modelId: 'model-2' });
const STRANGER = createTarget({ modelId: 'model-3', providerId: 'provider-2' });

describe('TargetHealth', () => {
  let health: TargetHealth;
  let nowMs: number;
  let warn: jest.SpyInstance;

  beforeEach(() => {
    health = new TargetHealth();
    nowMs = START;
    jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
    warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
  });
  afterEach(() => jest.restoreAllMocks());

  const fail = (code: FailureCode, facts: Parameters<typeof createFailure>[1] = {}, target = TARGET) =>
    health.recordFailure(target, createFailure(code, facts));
  const breakTarget = () => {
    for (let count = 0; count < 5; count++) fail('upstream_error');
  };

  it('finds an unknown target usable', () => {
    expect(health.stateOf(TARGET)).toEqual({ state: 'usable' });
    expect(health.beginAttempt(TARGET)).toEqual({ isTrial: false });
    expect(health.inspectModel('model-1')).toBeNull();
  });

  it.each<[FailureCode, { retryAfterMs?: number; isOrganisationWide?: boolean }, string, number, boolean]>([
    ['rate_limit_exceeded', { retryAfterMs: 7000 }, 'rate_limit', 7000, false],
    ['rate_limit_exceeded', {}, 'rate_limit', 5000, false],
    ['rate_limit_exceeded', { retryAfterMs: 7000, isOrganisationWide: true }, 'rate_limit', 7000, true],
    ['upstream_quota', {}, 'quota', 300_000, true],
    ['upstream_auth_failed', {}, 'credentials', 60_000, true],
    ['model_not_found', {}, 'model_not_found', 60_000, false],
  ])('cools after %s with %j: %s for %i ms', (code, facts, reason, lengthMs, isProviders) => {
    fail(code, facts);
    const cooling = { state: 'cooling', reason, sinceMs: START, untilMs: START + lengthMs };
    expect(health.stateOf(TARGET)).toEqual(cooling);
    expect(health.stateOf(SIBLING)).toEqual(isProviders ? cooling : { state: 'usable' });
    expect(health.stateOfProvider(TARGET.provider)).toEqual(isProviders ? cooling : { state: 'usable' });
    expect(health.stateOf(STRANGER)).toEqual({ state: 'usable' });
    nowMs = START + lengthMs - 1;
    expect(health.stateOf(TARGET)).toEqual(cooling);
    nowMs = START + lengthMs;
    expect(health.stateOf(TARGET)).toEqual({ state: 'usable' });
  });

  it.each<FailureCode>([
    'egress_denied',
    'too_many_calls',
    'endpoint_not_found',
    'invalid_request',
    'content_rejected',
    'context_length_exceeded',
  ])('stays usable after %s, however often', (code) => {
    for (let count = 0; count < 20; count++) fail(code);
    expect(health.stateOf(TARGET)).toEqual({ state: 'usable' });
  });

  it.each<FailureCode>(['upstream_error', 'connection_refused', 'upstream_timeout', 'upstream_truncated'])(
    'breaks after 5 times %s',
    (code) => {
      for (let count = 0; count < 5; count++) {
        expect(health.stateOf(TARGET)).toEqual({ state: 'usable' });
        fail(code);
      }
      const untilMs = START + 5000;
      expect(health.stateOf(TARGET)).toEqual({
        state: 'broken',
        reason: 'failures',
        sinceMs: START,
        untilMs,
      });
      expect(health.stateOf(SIBLING)).toEqual({ state: 'usable' });
      expect(health.inspectModel('model-1')?.failuresInARow).toBe(5);
    },
  );

  it('does not end a cooling after a success or a shorter cooling', () => {
    fail('rate_limit_exceeded', { retryAfterMs: 60_000 });
    health.recordSuccess(TARGET);
    fail('rate_limit_exceeded', { retryAfterMs: 1000 });
    expect(health.stateOf(TARGET)).toMatchObject({ untilMs: START + 60_000 });
  });

  it('rests until the last of provider, model and breaker', () => {
    fail('rate_limit_exceeded', { retryAfterMs: 2000 });
    breakTarget();
    expect(health.stateOf(TARGET)).toMatchObject({
      state: 'cooling',
      reason: 'failures',
      untilMs: START + 5000,
    });
    fail('upstream_auth_failed');
    expect(health.stateOf(TARGET)).toMatchObject({ reason: 'credentials', untilMs: START + 60_000 });
    fail('rate_limit_exceeded', { retryAfterMs: 90_000, isOrganisationWide: true });
    expect(health.stateOf(SIBLING)).toMatchObject({ reason: 'rate_limit', untilMs: START + 90_000 });
  });

  it.each([
    ['a new key', createTarget({ secretVersion: 2 })],
    ['a new base URL', createTarget({ baseUrl: 'https://b.test' })],
    ['new settings', createTarget({ advancedText: '{"auth_scheme":"api-key"}' })],
    ['new secret headers', createTarget({ sealedHeaders: { text: 'sealed', version: 2 } })],
  ])('forgets rejected credentials with %s', (_name, changed) => {
    fail('upstream_auth_failed');
    fail('upstream_quota');
    expect(health.stateOf(changed)).toEqual({ state: 'usable' });
    expect(health.stateOf(createTarget())).toMatchObject({ reason: 'quota' });
    fail('upstream_auth_failed', {}, changed);
    expect(health.stateOf(changed)).toMatchObject({ reason: 'credentials', untilMs: START + 60_000 });
  });

  it('keeps limits and model coolings with a new key', () => {
    const changed = createTarget({ secretVersion: 2 });
    fail('rate_limit_exceeded', { retryAfterMs: 9000, isOrganisationWide: true });
    fail('model_not_found');
    expect(health.stateOf(changed)).toMatchObject({ reason: 'model_not_found', untilMs: START + 60_000 });
    expect(health.stateOfProvider(changed.provider)).toMatchObject({ reason: 'rate_limit' });
  });

  it('lets one trial pass after the breaker, and closes after its success', () => {
    breakTarget();
    nowMs += 5000;
    expect(health.stateOf(TARGET)).toEqual({ state: 'usable' });
    expect(health.beginAttempt(TARGET)).toEqual({ isTrial: true });
    expect(health.stateOf(TARGET)).toMatchObject({ state: 'broken' });
    expect(health.beginAttempt(TARGET)).toEqual({ isTrial: false });
    health.recordSuccess(TARGET);
    expect(health.stateOf(TARGET)).toEqual({ state: 'usable' });
    expect(health.beginAttempt(TARGET)).toEqual({ isTrial: false });
  });

  it('closes the breaker after a rejection that is the fault of the caller', () => {
    breakTarget();
    fail('invalid_request');
    expect(health.stateOf(TARGET)).toEqual({ state: 'usable' });
  });

  it.each<[string, () => void]>([
    ['without an outcome', () => health.release(TARGET)],
    ['with a rate limit', () => fail('rate_limit_exceeded', { retryAfterMs: 1000 })],
  ])('permits another trial after one that ended %s', (_name, end) => {
    breakTarget();
    nowMs += 5000;
    health.beginAttempt(TARGET);
    end();
    nowMs += 1000;
    expect(health.beginAttempt(TARGET)).toEqual({ isTrial: true });
  });

  it('logs rejected credentials and an empty account once per cooling', () => {
    fail('upstream_auth_failed', { status: 401 });
    fail('upstream_quota', { status: 402 });
    nowMs += 300_000;
    fail('upstream_quota', { status: 402 });
    expect(warn.mock.calls.flat()).toEqual([
      'provider provider-1 is not called for 60 s: its upstream rejects its credentials (HTTP 401)',
      'provider provider-1 is not called for 300 s: its upstream has no quota left (HTTP 402)',
    ]);
  });

  it('counts what rests', () => {
    expect(health.counts()).toEqual({ cooling: 0, open: 0, halfOpen: 0 });
    breakTarget();
    fail('model_not_found', {}, SIBLING);
    fail('upstream_auth_failed', {}, STRANGER);
    expect(health.counts()).toEqual({ cooling: 2, open: 1, halfOpen: 0 });
    nowMs += 5000;
    expect(health.counts()).toEqual({ cooling: 2, open: 0, halfOpen: 1 });
    nowMs += 60_000;
    expect(health.counts()).toEqual({ cooling: 0, open: 0, halfOpen: 1 });
  });

  it('knows at most 20 000 models, and forgets those that are not used longest', () => {
    fail('model_not_found');
    for (let count = 0; count < 20_000; count++) {
      fail('model_not_found', {}, createTarget({ modelId: `other-${count}` }));
    }
    expect(health.stateOf(TARGET)).toEqual({ state: 'usable' });
    expect(health.counts().cooling).toBe(20_000);
  });
});
