import { resolve } from 'node:path';
import { ConfigError, isLoopback, loadConfig } from './config';

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const variablesOf = (environment: Record<string, string>) =>
  problemsOf(environment).map((problem) => problem.split(':', 1)[0]);

describe('loadConfig', () => {
  it('needs nothing: every variable has a safe default', () => {
    expect(loadConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      dataDir: resolve('data'),
      database: { kind: 'sqlite', file: resolve('data/caret.db') },
      bootstrapToken: null,
      encryptionKeys: null,
      encryptionKeysFile: null,
      egressMode: 'local',
      egressAllow: [],
      egressProxy: null,
      trustProxy: [],
      logLevel: 'info',
      metricsToken: null,
    });
  });

  it('takes an empty or blank variable for one that is not set', () => {
    expect(loadConfig({ PORT: '', HOST: ' ', DATABASE_URL: '', BOOTSTRAP_TOKEN: '' })).toEqual(
      loadConfig({}),
    );
  });

  it('keeps the embedded database in DATA_DIR', () => {
    expect(loadConfig({ DATA_DIR: '/srv/caret' }).database).toEqual({
      kind: 'sqlite',
      file: '/srv/caret/caret.db',
    });
  });

  it.each([
    ['sqlite:./x.db', { kind: 'sqlite', file: resolve('x.db') }],
    ['sqlite:/srv/x.db', { kind: 'sqlite', file: '/srv/x.db' }],
    ['sqlite:///srv/x.db', { kind: 'sqlite', file: '/srv/x.db' }],
    ['mysql://u:p@db/caret', { kind: 'mysql', host: 'db', port: 3306 }],
    ['mariadb://u:p@db:3307/caret', { kind: 'mariadb', host: 'db', port: 3307 }],
  ])('understands DATABASE_URL=%s', (url, database) => {
    expect(loadConfig({ DATABASE_URL: url }).database).toMatchObject(database);
  });

  it.each([
    'postgres://u:p@db/caret',
    'caret.db',
    'sqlite:',
    'sqlite::memory:',
    'sqlite:x.db?mode=ro',
    'mysql://db',
    'mysql://',
  ])('refuses DATABASE_URL=%s', (url) =>
    expect(variablesOf({ DATABASE_URL: url })).toEqual(['DATABASE_URL']),
  );

  it('is strict about egress with a server, and local with the embedded database', () => {
    expect(loadConfig({ DATABASE_URL: 'mysql://u:p@db/caret' }).egressMode).toBe('strict');
    expect(loadConfig({ DATABASE_URL: 'sqlite:x.db' }).egressMode).toBe('local');
    expect(loadConfig({ DATABASE_URL: 'mysql://u:p@db/caret', EGRESS_MODE: 'local' }).egressMode).toBe(
      'local',
    );
  });

  it.each([
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['PORT', '3e3'],
    ['PORT', '0x10'],
    ['DATABASE_POOL_SIZE', '0'],
    ['EGRESS_MODE', 'none'],
    ['EGRESS_ALLOW', 'no-port'],
    ['EGRESS_PROXY', 'socks5://proxy:1080'],
    ['LOG_LEVEL', 'INFO'],
    ['BOOTSTRAP_TOKEN', 'x'.repeat(31)],
    ['BOOTSTRAP_TOKEN', 'x'.repeat(513)],
    ['BOOTSTRAP_TOKEN', `${'x'.repeat(20)} ${'x'.repeat(20)}`],
    ['BOOTSTRAP_TOKEN', `caret_${'x'.repeat(40)}`],
    ['METRICS_TOKEN', 'short'],
    ['SHUTDOWN_GRACE_SECONDS', '0'],
  ])('refuses %s=%s', (name, value) => expect(variablesOf({ [name]: value })).toEqual([name]));

  it.each(['x'.repeat(32), 'x'.repeat(512), '!~'.repeat(16)])('takes BOOTSTRAP_TOKEN=%s', (token) => {
    expect(loadConfig({ BOOTSTRAP_TOKEN: token }).bootstrapToken).toBe(token);
  });

  it('refuses two sources of keys', () => {
    const [problem] = problemsOf({ ENCRYPTION_KEYS: 'a:b', ENCRYPTION_KEYS_FILE: '/k' });
    expect(problem).toContain('ENCRYPTION_KEYS and ENCRYPTION_KEYS_FILE');
  });

  it('refuses EGRESS_MODE=allow with nothing allowed', () => {
    expect(variablesOf({ EGRESS_MODE: 'allow' })).toEqual(['EGRESS_ALLOW']);
  });

  it('names every bad variable at once, and no value ever', () => {
    const secrets = {
      DATABASE_URL: 'postgres://root:hunter2-password@db/caret',
      BOOTSTRAP_TOKEN: 'hunter2-bootstrap',
      METRICS_TOKEN: 'hunter2-é-metrics-token',
      EGRESS_PROXY: 'ftp://hunter2-user@proxy',
      EGRESS_ALLOW: 'hunter2-host',
      EGRESS_MODE: 'hunter2-mode',
      LOG_LEVEL: 'hunter2-level',
      PORT: 'hunter2-port',
    };
    expect(variablesOf(secrets).sort()).toEqual(Object.keys(secrets).sort());
    const shown = new ConfigError(problemsOf(secrets)).message;
    expect(shown).not.toContain('hunter2');
    for (const name of Object.keys(secrets)) expect(shown).toContain(name);
  });
});

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('%s is', (host) =>
    expect(isLoopback(host)).toBe(true),
  );

  it.each(['0.0.0.0', '::', '192.168.0.1', '127.0.0.1.example.com', 'localhost.example.com'])(
    '%s is not',
    (host) => expect(isLoopback(host)).toBe(false),
  );
});
