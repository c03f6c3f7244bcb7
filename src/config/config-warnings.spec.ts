import { loadConfig } from './config';

describe('the default of EGRESS_MODE', () => {
  it.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost', 'LOCALHOST'])('is local with HOST=%s', (HOST) =>
    expect(loadConfig({ HOST }).egressMode).toBe('local'),
  );

  it.each(['0.0.0.0', '::', '192.168.0.1', '::ffff:10.0.0.1', 'caret.example.com'])(
    'is strict with HOST=%s',
    (HOST) => expect(loadConfig({ HOST }).egressMode).toBe('strict'),
  );

  it('is strict with a database server', () =>
    expect(loadConfig({ DATABASE_URL: 'mysql://db/caret' }).egressMode).toBe('strict'));

  it('gives way to the mode that is set', () =>
    expect(loadConfig({ HOST: '0.0.0.0', EGRESS_MODE: 'local' }).egressMode).toBe('local'));
});

describe('the warnings of loadConfig', () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    [
      'EGRESS_ALLOW in the mode strict',
      { EGRESS_MODE: 'strict', EGRESS_ALLOW: 'a:1' },
      'EGRESS_ALLOW has no effect in the mode strict; set EGRESS_MODE=allow to use it',
    ],
    [
      'EGRESS_ALLOW with a server',
      { DATABASE_URL: 'mysql://db/caret', EGRESS_ALLOW: 'a:1' },
      'EGRESS_ALLOW has no effect in the mode strict; set EGRESS_MODE=allow to use it',
    ],
    [
      'EGRESS_ALLOW beyond loopback',
      { HOST: '0.0.0.0', EGRESS_ALLOW: 'a:1' },
      'EGRESS_ALLOW has no effect in the mode strict; set EGRESS_MODE=allow to use it',
    ],
    ['EGRESS_ALLOW in the mode local', { EGRESS_ALLOW: 'a:1' }, undefined],
    [
      'DATABASE_TLS with the embedded database',
      { DATABASE_TLS: 'system' },
      'DATABASE_TLS has no effect on the embedded database; set DATABASE_URL to a server',
    ],
    ['DATABASE_TLS=off with the embedded database', { DATABASE_TLS: 'off' }, undefined],
    ['DATABASE_TLS with a server', { DATABASE_URL: 'mysql://db/caret', DATABASE_TLS: 'system' }, undefined],
    [
      'a grace that ends before the drain',
      { GATEWAY_DRAIN_SECONDS: '60', SHUTDOWN_GRACE_SECONDS: '84' },
      'SHUTDOWN_GRACE_SECONDS is raised to 85, which is 25 more than GATEWAY_DRAIN_SECONDS',
    ],
    ['a longer grace', { SHUTDOWN_GRACE_SECONDS: '326' }, undefined],
    [
      'a prefix',
      { CARET_LOG_LEVEL: 'debug' },
      'CARET_LOG_LEVEL is not a variable of Caret; did you mean LOG_LEVEL?',
    ],
    [
      'a letter too many',
      { EGRESS_MODES: 'x' },
      'EGRESS_MODES is not a variable of Caret; did you mean EGRESS_MODE?',
    ],
    [
      'a letter too few',
      { EGRES_MODE: 'x' },
      'EGRES_MODE is not a variable of Caret; did you mean EGRESS_MODE?',
    ],
    [
      'a changed letter',
      { BOOTSTRAP_TOKEM: 'x' },
      'BOOTSTRAP_TOKEM is not a variable of Caret; did you mean BOOTSTRAP_TOKEN?',
    ],
    [
      'swapped letters',
      { TRUST_PORXY: 'x' },
      'TRUST_PORXY is not a variable of Caret; did you mean TRUST_PROXY?',
    ],
    ['two changed letters', { TRUST_PXORZ: 'x' }, undefined],
    ['a foreign name', { PATH: '/bin', HOSTNAME: 'a', CARET_HOME: '/' }, undefined],
    [
      'the Service links of Kubernetes',
      { CARET_PORT: 'tcp://10.0.0.1:3000', CARET_SERVICE_HOST: '10.0.0.1' },
      undefined,
    ],
  ])('for %s', (_what, environment, warning) => {
    const { warnings } = loadConfig(environment);
    expect(warnings.map(({ text }) => text)).toEqual(warning ? [warning] : []);
    for (const { variable, text } of warnings) expect(text.startsWith(variable)).toBe(true);
  });
});
