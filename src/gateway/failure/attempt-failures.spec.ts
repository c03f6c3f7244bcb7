import type { GatewayErrorCode } from '../dialect/gateway-error';
import { finalError } from './attempt-failures';
import { createFailure, type FailureCode } from './failure';

const attempt = (code: FailureCode, facts: Parameters<typeof createFailure>[1] = {}, selector = 'a^x') => ({
  selector,
  failure: createFailure(code, facts),
});
const ALL = (...codes: FailureCode[]) => codes.map((code) => attempt(code));

describe('finalError', () => {
  it('names each attempt with the words of its upstream', () => {
    const error = finalError([
      attempt('upstream_overloaded', { status: 503, words: 'Overloaded' }, 'anthropic-main^claude-x'),
      attempt('connection_refused', {}, 'openai-main^gpt-y'),
    ]);
    expect(error.message).toBe(
      'anthropic-main^claude-x responded with 503: "Overloaded"; openai-main^gpt-y refused the connection.',
    );
  });

  it.each<[FailureCode, string]>([
    ['egress_denied', 'a^x has an address that Caret may not call.'],
    ['name_not_resolved', 'a^x did not resolve.'],
    ['connection_reset', 'a^x reset the connection.'],
    ['certificate_invalid', 'a^x has an invalid certificate.'],
    ['upstream_timeout', 'a^x did not respond in time.'],
    ['upstream_truncated', 'a^x ended its response too early.'],
    ['upstream_error', 'a^x responded with an error.'],
  ])('has a phrase for %s', (code, message) => {
    expect(finalError([attempt(code)]).message).toBe(message);
  });

  it('says no more than the status of rejected credentials', () => {
    const error = finalError([attempt('upstream_auth_failed', { status: 401 })]);
    expect(error.message).toBe("a^x rejected the provider's credentials (HTTP 401).");
  });

  it('names two equal attempts once', () => {
    expect(finalError(ALL('connection_refused', 'connection_refused')).message).toBe(
      'a^x refused the connection.',
    );
  });

  it.each<[GatewayErrorCode, number, number, FailureCode[]]>([
    ['rate_limit_exceeded', 429, 429, ['rate_limit_exceeded', 'rate_limit_exceeded']],
    ['overloaded', 503, 529, ['upstream_overloaded', 'upstream_overloaded']],
    ['overloaded', 503, 529, ['too_many_calls']],
    ['upstream_error', 502, 502, ['upstream_overloaded', 'upstream_error']],
    ['upstream_error', 502, 502, ['rate_limit_exceeded', 'upstream_overloaded']],
    ['upstream_timeout', 504, 504, ['upstream_error', 'upstream_timeout']],
    ['upstream_error', 502, 502, ['upstream_timeout', 'upstream_error']],
    ['upstream_truncated', 502, 502, ['upstream_error', 'upstream_truncated']],
    ['upstream_invalid_response', 502, 502, ['upstream_invalid_response']],
    ['upstream_auth_failed', 502, 502, ['upstream_auth_failed']],
    ['upstream_quota', 502, 502, ['upstream_auth_failed', 'upstream_quota']],
    ['upstream_error', 502, 502, ['connection_refused', 'upstream_auth_failed']],
    ['model_not_found', 404, 404, ['endpoint_not_found', 'model_not_found']],
    ['endpoint_not_supported', 404, 404, ['endpoint_not_found']],
    ['no_usable_target', 503, 529, ['egress_denied']],
    ['no_usable_target', 503, 529, []],
  ])('returns %s (%i, for Anthropic %i) for %j', (code, openai, anthropic, codes) => {
    const error = finalError(ALL(...codes));
    expect(error.code).toBe(code);
    expect([error.statusFor('openai'), error.statusFor('anthropic')]).toEqual([openai, anthropic]);
  });

  it.each([
    [[attempt('upstream_error')], { retryAfterMs: 1000, shouldRetry: true }],
    [ALL('upstream_error', 'connection_refused'), { shouldRetry: false }],
    [[attempt('rate_limit_exceeded', { retryAfterMs: 5000 })], { retryAfterMs: 5000, shouldRetry: true }],
    [
      [
        attempt('rate_limit_exceeded', { retryAfterMs: 30_000 }),
        attempt('rate_limit_exceeded', { retryAfterMs: 4000 }, 'b^x'),
      ],
      { retryAfterMs: 4000, shouldRetry: true },
    ],
    [
      [attempt('rate_limit_exceeded', { retryAfterMs: 61_000 })],
      { retryAfterMs: 61_000, shouldRetry: false },
    ],
    [[attempt('upstream_auth_failed')], { shouldRetry: false }],
    [[attempt('upstream_quota', { retryAfterMs: 1000 })], { shouldRetry: false }],
    [[attempt('model_not_found')], { shouldRetry: false }],
    [[attempt('egress_denied')], { shouldRetry: false }],
  ])('advises when to retry %#', (attempts, details) => {
    expect(finalError(attempts).details).toEqual(details);
  });
});
