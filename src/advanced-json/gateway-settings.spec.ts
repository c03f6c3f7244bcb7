import { forwardHeaderProblem, GATEWAY_SETTINGS, gatewaySettingProblem } from './gateway-settings';

const codeOf = (key: (typeof GATEWAY_SETTINGS)[number], value: unknown) =>
  gatewaySettingProblem(key, value)?.code ?? null;

describe('gatewaySettingProblem', () => {
  it.each([
    ['first_byte_timeout_ms', 1],
    ['first_byte_timeout_ms', 3_600_000],
    ['idle_timeout_ms', 30_000],
    ['max_attempts', 1],
    ['max_attempts', 10],
    ['forward_headers', ['X-Team', 'x-codex-*']],
    ['unsupported', 'drop'],
    ['unsupported', 'reject'],
    ['response_model', 'requested'],
    ['response_model', 'upstream'],
    ['reasoning_form', 'adaptive'],
    ['reasoning_form', 'budget'],
    ['stream_usage', 'off'],
    ['cache', 'off'],
    ['propagate_trace', false],
  ] as const)('accepts %s: %j', (key, value) => {
    expect(codeOf(key, value)).toBeNull();
  });

  it.each([
    ['first_byte_timeout_ms', 0, 'range'],
    ['first_byte_timeout_ms', 3_600_001, 'range'],
    ['idle_timeout_ms', '5', 'range'],
    ['max_attempts', 11, 'range'],
    ['max_attempts', 1.5, 'range'],
    ['forward_headers', 'x-team', 'type'],
    ['forward_headers', [], 'length'],
    ['forward_headers', Array.from({ length: 33 }, (_, index) => `x-${index}`), 'length'],
    ['forward_headers', ['x-team', 'X-Team'], 'unique'],
    ['forward_headers', ['x-team', 5], 'pattern'],
    ['forward_headers', ['x-team', 'Cookie'], 'reserved'],
    ['unsupported', true, 'enum'],
    ['response_model', 'both', 'enum'],
    ['reasoning_form', null, 'enum'],
    ['stream_usage', false, 'enum'],
    ['cache', 'no', 'enum'],
    ['propagate_trace', 'yes', 'type'],
  ] as const)('rejects %s: %j', (key, value, code) => {
    expect(codeOf(key, value)).toBe(code);
  });

  it.each(GATEWAY_SETTINGS)('rejects null as %s', (key) => {
    expect(codeOf(key, null)).not.toBeNull();
  });
});

describe('forwardHeaderProblem', () => {
  it.each(['x-team', 'X-Team', 'x-team-*', 'anthropic-*', 'x-codex-*', 'x-api-version', 'x-forwarder'])(
    'accepts %s',
    (name) => {
      expect(forwardHeaderProblem(name)).toBeNull();
    },
  );

  it.each([
    'authorization',
    'Proxy-Authorization',
    'X-API-Key',
    'api-key',
    'cookie',
    'Connection',
    'transfer-encoding',
    'te',
    'host',
    'content-length',
    'accept-encoding',
    'accept',
    'user-agent',
    'idempotency-key',
    'x-forwarded-for',
    'X-Stainless-Lang',
    'x-caret-session',
    'x-*',
    'x-api-*',
    'x-forwarded-*',
    'x-caret-session-*',
    'proxy-*',
    'content-*',
  ])('never forwards %s', (name) => {
    expect(forwardHeaderProblem(name)).toContain('Must not be forwarded');
  });

  it.each(['', '*', 'x*', 'a b', 'x-*-y', 'x-team-**', 'é', 'x'.repeat(129), null, 5])(
    'rejects %j as a name',
    (name) => {
      expect(forwardHeaderProblem(name)).not.toBeNull();
    },
  );
});
