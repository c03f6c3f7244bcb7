import { GatewayError } from '../dialect/gateway-error';
import { type CallOptions, parseCallOptions } from './call-options';

const DEFAULTS: CallOptions = {
  selectors: [],
  context: null,
  session: null,
  maxAttempts: null,
  failover: 'default',
  report: false,
  warnings: [],
};

describe('parseCallOptions', () => {
  it.each<[string, string, Partial<CallOptions>]>([
    ['x-caret-selectors', 'a, "b,c", p^d', { selectors: ['a', 'b,c', 'p^d'] }],
    ['x-caret-context', '{"tier":"pro"}', { context: { tier: 'pro' } }],
    ['x-caret-session', ' s 1 ', { session: 's 1' }],
    ['x-caret-max-attempts', '1', { maxAttempts: 1 }],
    ['x-caret-max-attempts', '10', { maxAttempts: 10 }],
    ['x-caret-failover', 'off', { failover: 'off' }],
    ['x-caret-failover', 'context_length', { failover: 'context_length' }],
    ['x-caret-failover', 'default', {}],
    ['x-caret-report', 'true', { report: true }],
    ['x-caret-report', 'false', {}],
    ['x-caret-unsupported', 'drop', {}],
    ['x-caret-selector', 'a', { warnings: ['ignored=x-caret-selector;unknown_header'] }],
    ['x-caret-max-attempts', '', {}],
    ['x-caret-session', '', {}],
    ['x-other', 'a', {}],
  ])('reads %s: %s', (name, value, expected) => {
    expect(parseCallOptions({ [name]: value }, true)).toEqual({ ...DEFAULTS, ...expected });
  });

  it.each<[string, string, string]>([
    ['x-caret-selectors', 'a,,b', 'at most 31 selectors'],
    ['x-caret-selectors', Array.from({ length: 32 }, () => 'a').join(), 'at most 31 selectors'],
    ['x-caret-context', 'a', 'one JSON object'],
    ['x-caret-context', '[]', 'one JSON object'],
    ['x-caret-context', '{}, {}', 'one JSON object'],
    ['x-caret-context', JSON.stringify({ a: 'x'.repeat(4096) }), 'one JSON object of at most 4096 bytes'],
    ['x-caret-session', 'x'.repeat(257), 'at most 256 characters'],
    ['x-caret-max-attempts', '0', 'a whole number from 1 to 10'],
    ['x-caret-max-attempts', '11', 'a whole number from 1 to 10'],
    ['x-caret-max-attempts', '1.5', 'a whole number from 1 to 10'],
    ['x-caret-failover', 'on', '"default", "off" or "context_length"'],
    ['x-caret-report', '1', '"true" or "false"'],
  ])('rejects %s: %.20s', (name, value, expected) => {
    let thrown: unknown;
    try {
      parseCallOptions({ [name]: value }, true);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(GatewayError);
    expect(thrown).toMatchObject({ code: 'invalid_header', details: { param: name } });
    expect((thrown as GatewayError).message).toContain(`The header ${name} must be ${expected}`);
  });

  it('reads UTF-8 that Node read as Latin-1, and keeps Latin-1', () => {
    const header = (text: string) => Buffer.from(text).toString('latin1');
    expect(parseCallOptions({ 'x-caret-session': header('Zoë') }, true).session).toBe('Zoë');
    expect(parseCallOptions({ 'x-caret-session': 'Zo\xeb' }, true).session).toBe('Zoë');
    const context = header(JSON.stringify({ a: 'é'.repeat(2046) }));
    expect(() => parseCallOptions({ 'x-caret-context': context }, true)).toThrow('at most 4096 bytes');
  });

  it('reports five unknown headers at most', () => {
    const headers = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`x-caret-${index}`, 'a']));
    expect(parseCallOptions(headers, true).warnings).toHaveLength(5);
  });

  it('ignores even malformed headers of a token without `caret_headers`', () => {
    const headers = { 'x-caret-max-attempts': 'many', 'x-caret-session': 's', 'x-caret-unknown': 'a' };
    expect(parseCallOptions(headers, false)).toEqual(DEFAULTS);
  });
});
