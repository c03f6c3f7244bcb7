import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { isLoopback, loadConfig } from './config';
import type { ConfigWarning } from './config-warning';
import { readEnvFile } from './env-file';

const textsOf = (warnings: readonly ConfigWarning[]) => warnings.map(({ text }) => text);

describe('loadConfig', () => {
  it('has a safe default for every variable', () => {
    expect(loadConfig({})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      dataDir: resolve('data'),
      database: { kind: 'sqlite', file: resolve('data/caret.db'), variable: 'DATA_DIR' },
      databasePoolSize: 10,
      bootstrapToken: null,
      encryptionKeys: null,
      encryptionKeysFile: null,
      egressMode: 'local',
      egressAllow: [],
      egressProxy: null,
      registryPollMs: 1000,
      trustProxy: [],
      logLevel: 'info',
      metricsToken: null,
      allowedHosts: [],
      requestTimeoutSeconds: 30,
      maxConnections: 10_000,
      quotas: { providers: 2000, models: 200_000, registryBytes: 256 * 2 ** 20, tokens: 10_000 },
      routingMemoryBytes: expect.any(Number),
      auditRetentionDays: 400,
      auditMaxBytes: 1024 * 2 ** 20,
      usage: { durability: 'crash', journalMaxBytes: 1024 * 2 ** 20, whenFull: 'serve', retentionDays: 90 },
      shutdownDelaySeconds: 1,
      shutdownGraceSeconds: 325,
      gateway: {
        maxBodyBytes: 32 * 2 ** 20,
        maxInFlightBytes: 512 * 2 ** 20,
        heartbeatMs: 15_000,
        maxAttempts: 4,
        retryWindowMs: 300_000,
        drainMs: 300_000,
        authStaleMs: 900_000,
        recoversReasoning: true,
      },
      warnings: [],
    });
  });

  it('gives routing tables a quarter of the heap limit', () => {
    const share = loadConfig({}).routingMemoryBytes / getHeapStatistics().heap_size_limit;
    expect(share).toBeCloseTo(0.25, 2);
  });

  it('treats an empty or blank variable as not set', () => {
    expect(loadConfig({ PORT: '', HOST: ' ', DATABASE_URL: '', BOOTSTRAP_TOKEN: '' })).toEqual(
      loadConfig({}),
    );
  });

  it('puts the embedded database into DATA_DIR', () => {
    expect(loadConfig({ DATA_DIR: '/srv/caret' }).database).toMatchObject({ file: '/srv/caret/caret.db' });
  });

  it.each([
    ['sqlite:./x.db', { kind: 'sqlite', file: resolve('x.db'), variable: 'DATABASE_URL' }],
    ['sqlite:/srv/x.db', { kind: 'sqlite', file: '/srv/x.db' }],
    ['sqlite:///srv/x.db', { kind: 'sqlite', file: '/srv/x.db' }],
    ['mysql://u:p@db/caret', { kind: 'mysql', host: 'db', port: 3306 }],
    ['mariadb://u:p@db:3307/caret', { kind: 'mariadb', host: 'db', port: 3307 }],
  ])('parses DATABASE_URL=%s', (url, database) => {
    expect(loadConfig({ DATABASE_URL: url }).database).toMatchObject(database);
  });

  it('defaults EGRESS_MODE to strict with a server, and to local with the embedded database', () => {
    const DATABASE_URL = 'mysql://u:p@db/caret';
    expect(loadConfig({ DATABASE_URL }).egressMode).toBe('strict');
    expect(loadConfig({ DATABASE_URL: 'sqlite:x.db' }).egressMode).toBe('local');
    expect(loadConfig({ DATABASE_URL, EGRESS_MODE: 'local' }).egressMode).toBe('local');
  });

  it.each<[string, string, object]>([
    ['HOST', '0.0.0.0', { host: '0.0.0.0' }],
    ['HOST', '::', { host: '::' }],
    ['HOST', 'fe80::1%eth0', { host: 'fe80::1%eth0' }],
    ['HOST', 'Caret-1.example.com', { host: 'Caret-1.example.com' }],
    ['DATABASE_POOL_SIZE', '1000', { databasePoolSize: 1000 }],
    ['BOOTSTRAP_TOKEN', '!~abcdef'.repeat(4), { bootstrapToken: '!~abcdef'.repeat(4) }],
    ['BOOTSTRAP_TOKEN', 'abcdefgh'.repeat(64), { bootstrapToken: 'abcdefgh'.repeat(64) }],
    [
      'EGRESS_PROXY',
      'http://user:p%40ss@proxy:3128',
      { egressProxy: new URL('http://user:p%40ss@proxy:3128') },
    ],
    ['ALLOWED_HOSTS', 'Caret.example.com, 10.0.0.1', { allowedHosts: ['caret.example.com', '10.0.0.1'] }],
    ['QUOTA_REGISTRY_MB', '1', { quotas: expect.objectContaining({ registryBytes: 2 ** 20 }) }],
    ['ROUTING_MEMORY_MB', '64', { routingMemoryBytes: 64 * 2 ** 20 }],
    ['TRUST_PROXY', '10.0.0.1/8, fd00::1', { trustProxy: ['10.0.0.1/8', 'fd00::1'] }],
    ['TRUST_PROXY', '::ffff:10.0.0.1', { trustProxy: ['::ffff:10.0.0.1'] }],
    [
      'EGRESS_ALLOW',
      '0.0.0.0/0:443',
      { egressAllow: [{ kind: 'network', address: '0.0.0.0', prefix: 0, port: 443 }] },
    ],
  ])('accepts %s=%s', (name, value, expected) => {
    expect(loadConfig({ [name]: value })).toMatchObject(expected);
  });

  it('gives bodies in flight four times the largest body at least', () => {
    const problem = 'GATEWAY_MAX_INFLIGHT_MB: must be at least four times GATEWAY_MAX_BODY_MB';
    expect(() => loadConfig({ GATEWAY_MAX_BODY_MB: '129' })).toThrow(problem);
    expect(() => loadConfig({ GATEWAY_MAX_INFLIGHT_MB: '127' })).toThrow(problem);
    expect(loadConfig({ GATEWAY_MAX_BODY_MB: '128' }).gateway.maxBodyBytes).toBe(128 * 2 ** 20);
  });

  it('turns off the recovery from rejected reasoning', () =>
    expect(loadConfig({ GATEWAY_REASONING_RECOVERY: 'off' }).gateway.recoversReasoning).toBe(false));

  it.each([
    [{ GATEWAY_DRAIN_SECONDS: '0' }, 25],
    [{ GATEWAY_DRAIN_SECONDS: '60', SHUTDOWN_GRACE_SECONDS: '84' }, 85],
    [{ GATEWAY_DRAIN_SECONDS: '60', SHUTDOWN_GRACE_SECONDS: '90' }, 90],
  ])('lets a shutdown last longer than the drain of the gateway: %j', (environment, seconds) =>
    expect(loadConfig(environment).shutdownGraceSeconds).toBe(seconds),
  );

  it('rejects two sources of keys', () => {
    expect(() => loadConfig({ ENCRYPTION_KEYS: 'a:b', ENCRYPTION_KEYS_FILE: '/k' })).toThrow(
      'ENCRYPTION_KEYS and ENCRYPTION_KEYS_FILE: set one of them, not both',
    );
  });

  it('rejects EGRESS_MODE=allow without EGRESS_ALLOW', () => {
    expect(() => loadConfig({ EGRESS_MODE: 'allow' })).toThrow(
      'EGRESS_ALLOW: EGRESS_MODE=allow needs at least one',
    );
  });
});

describe('loadConfig with a .env file', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'caret-env-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function load(content: string, environment: Record<string, string> = {}) {
    const path = join(folder, '.env');
    writeFileSync(path, content);
    return loadConfig(environment, { envFile: readEnvFile(path) });
  }

  it('reads its variables, and prefers those of the environment', () => {
    const content = '\uFEFFPORT=3001\r\n# comment\r\nexport LOG_LEVEL="debug"\r\nHOST=0.0.0.0\r\n';
    expect(load(content, { HOST: '127.0.0.2' })).toMatchObject({
      port: 3001,
      logLevel: 'debug',
      host: '127.0.0.2',
      warnings: [],
    });
  });

  it('works without the file', () => {
    expect(loadConfig({}, { envFile: readEnvFile(join(folder, 'none')) })).toEqual(loadConfig({}));
  });

  it('reports a file that cannot be read together with the bad variables', () => {
    expect(() => loadConfig({ PORT: 'x' }, { envFile: readEnvFile(folder) })).toThrow(
      expect.objectContaining({
        problems: [
          '.env: cannot be read (EISDIR); must be a readable file of NAME=value lines',
          'PORT: must be a whole number from 0 to 65535',
        ],
      }),
    );
  });

  it('still reads a variable that follows a line without "="', () => {
    const { port, warnings } = load('not a variable\nPORT=3001\n');
    expect([port, textsOf(warnings)]).toEqual([3001, ['.env: ignored a line without "="']]);
  });

  it('still reads the variables after a line without a name', () => {
    const { port, warnings } = load('LOG_LEVEL=debug\n=\nPORT=3001\n');
    expect([port, textsOf(warnings)]).toEqual([3001, ['.env: ignored a line without a name before "="']]);
  });

  it.each<[string, string, string]>([
    ['a colon', 'LOG_LEVEL: debug\nPORT=3001', '.env: ignored LOG_LEVEL; write LOG_LEVEL=value, not a colon'],
    [
      'a mistyped name',
      'EGRESS_MODES=strict',
      '.env: EGRESS_MODES is not a variable of Caret; did you mean EGRESS_MODE?',
    ],
    ['an unknown name', 'NODE_ENV=production', '.env: NODE_ENV is not a variable of Caret'],
    [
      'a key in place of a name',
      'dEq5cX34N5slI7VQuUJXYINoAZ5bWpfxXELRTSSxu1o=',
      '.env: contains an unknown name, which is not shown because it may be a secret',
    ],
  ])('warns of %s', (_what, content, warning) => {
    expect(load(content).warnings).toEqual([{ variable: '.env', text: warning }]);
  });
});

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.1.2.3', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', 'localhost'])(
    'is true for %s',
    (host) => expect(isLoopback(host)).toBe(true),
  );

  it.each(['0.0.0.0', '::', '192.168.0.1', '127.0.0.1.example.com', 'localhost.example.com'])(
    'is false for %s',
    (host) => expect(isLoopback(host)).toBe(false),
  );
});
