import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { parseUrl } from '../common/parse-url';
import { type DatabaseConfig, databaseFromUrl, type DatabaseTls, databaseTls } from './database-config';
import { type EgressAllowEntry, parseEgressAllow } from './egress-allow';

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
export type EgressMode = 'strict' | 'allow' | 'local';

const LOG_LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
const EGRESS_MODES: readonly EgressMode[] = ['strict', 'allow', 'local'];

/** Everything that an operator can set, validated once at start. `.env.example` documents each variable. */
export interface AppConfig {
  /** HOST: the address to listen on. Default 127.0.0.1. */
  readonly host: string;
  /** PORT: default 3000; 0 takes a free one. */
  readonly port: number;
  /** DATA_DIR: where the embedded database and its key file live. Default ./data. */
  readonly dataDir: string;
  /**
   * DATABASE_URL: `mysql://…`, `mariadb://…` or `sqlite:PATH`. Default `sqlite:$DATA_DIR/caret.db`.
   * DATABASE_TLS: `off` (default), `system`, or the path of a PEM file with the authorities to trust.
   */
  readonly database: DatabaseConfig;
  /** DATABASE_POOL_SIZE: connections to MySQL or MariaDB per process. Default 10. */
  readonly databasePoolSize: number;
  /** BOOTSTRAP_TOKEN: the first admin token, at least 32 visible ASCII characters. Default: made and printed. */
  readonly bootstrapToken: string | null;
  /** ENCRYPTION_KEYS: `kid:base64,kid:base64`, the first is active. */
  readonly encryptionKeys: string | null;
  /** ENCRYPTION_KEYS_FILE: the same in a file of mode 0600. */
  readonly encryptionKeysFile: string | null;
  /** EGRESS_MODE: default `local` with the embedded database, else `strict`. */
  readonly egressMode: EgressMode;
  /** EGRESS_ALLOW: `host:port,cidr:port,*.suffix:port`, for mode `allow`. */
  readonly egressAllow: readonly EgressAllowEntry[];
  /** EGRESS_PROXY: an http(s) proxy for upstream calls; proxies named elsewhere in the environment are ignored. */
  readonly egressProxy: URL | null;
  /** REGISTRY_POLL_MS: how often changes of other replicas are looked for, in milliseconds. Default 1000. */
  readonly registryPollMs: number;
  /** TRUST_PROXY: addresses or CIDRs whose X-Forwarded-For is believed. Default none. */
  readonly trustProxy: readonly string[];
  /** LOG_LEVEL: default info. */
  readonly logLevel: LogLevel;
  /** METRICS_TOKEN: bearer for /metrics; needed unless Caret listens on loopback. */
  readonly metricsToken: string | null;
  /** SHUTDOWN_DELAY_SECONDS: how long Caret serves on after SIGTERM, no longer ready. Default 1. */
  readonly shutdownDelaySeconds: number;
  /** SHUTDOWN_GRACE_SECONDS: how long requests in flight may take after SIGTERM. Default 25. */
  readonly shutdownGraceSeconds: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Names each bad variable and what would be right, and never a value: values may be secrets. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`Invalid configuration:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** Reads and validates the environment. Throws {@link ConfigError} with every problem at once. */
export function loadConfig(environment: Environment): AppConfig {
  const problems: string[] = [];
  const read = <T>(name: string, fallback: T, parse: (value: string) => T): T => {
    const value = environment[name]?.trim();
    if (!value) return fallback;
    try {
      return parse(value);
    } catch (error) {
      problems.push(`${name}: ${(error as Error).message}`);
      return fallback;
    }
  };
  const text = (value: string): string | null => value;

  const dataDir = resolve(read('DATA_DIR', './data', String));
  const embedded: DatabaseConfig = { kind: 'sqlite', file: resolve(dataDir, 'caret.db') };
  const given = read<DatabaseConfig>('DATABASE_URL', embedded, databaseFromUrl);
  const tls = read<DatabaseTls>('DATABASE_TLS', null, databaseTls);
  const database = given.kind === 'sqlite' ? given : { ...given, tls };
  const config: AppConfig = {
    host: read('HOST', '127.0.0.1', String),
    port: read('PORT', 3000, integer(0, 65535)),
    dataDir,
    database,
    databasePoolSize: read('DATABASE_POOL_SIZE', 10, integer(1, 1000)),
    bootstrapToken: read('BOOTSTRAP_TOKEN', null, bootstrapToken),
    encryptionKeys: read('ENCRYPTION_KEYS', null, text),
    encryptionKeysFile: read('ENCRYPTION_KEYS_FILE', null, text),
    egressMode: read('EGRESS_MODE', database.kind === 'sqlite' ? 'local' : 'strict', oneOf(EGRESS_MODES)),
    egressAllow: read<readonly EgressAllowEntry[]>('EGRESS_ALLOW', [], parseEgressAllow),
    egressProxy: read('EGRESS_PROXY', null, proxyUrl),
    registryPollMs: read('REGISTRY_POLL_MS', 1000, integer(50, 60_000)),
    trustProxy: read<readonly string[]>('TRUST_PROXY', [], proxyAddresses),
    logLevel: read('LOG_LEVEL', 'info', oneOf(LOG_LEVELS)),
    metricsToken: read('METRICS_TOKEN', null, secret(16)),
    shutdownDelaySeconds: read('SHUTDOWN_DELAY_SECONDS', 1, integer(0, 300)),
    shutdownGraceSeconds: read('SHUTDOWN_GRACE_SECONDS', 25, integer(1, 3600)),
  };
  if (config.encryptionKeys && config.encryptionKeysFile) {
    problems.push('ENCRYPTION_KEYS and ENCRYPTION_KEYS_FILE: set one of them, not both');
  }
  if (config.egressMode === 'allow' && config.egressAllow.length === 0) {
    problems.push('EGRESS_ALLOW: EGRESS_MODE=allow needs at least one host:port, cidr:port or *.suffix:port');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** Whether only this machine can reach what listens on `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function integer(minimum: number, maximum: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < minimum || number > maximum) {
      throw new Error(`must be a whole number from ${minimum} to ${maximum}`);
    }
    return number;
  };
}

function oneOf<T extends string>(allowed: readonly T[]): (value: string) => T {
  return (value) => {
    const found = allowed.find((candidate) => candidate === value);
    if (!found) throw new Error(`must be one of ${allowed.join(', ')}`);
    return found;
  };
}

function secret(minimum: number): (value: string) => string {
  return (value) => {
    if (value.length < minimum || !/^[\x21-\x7e]+$/.test(value)) {
      throw new Error(`must be at least ${minimum} visible ASCII characters`);
    }
    return value;
  };
}

function bootstrapToken(value: string): string {
  const token = secret(32)(value);
  if (token.length > 512) throw new Error('must be at most 512 characters');
  if (token.startsWith('caret_'))
    throw new Error('must not start with caret_, the prefix of tokens Caret makes');
  return token;
}

function proxyUrl(value: string): URL {
  const url = parseUrl(value);
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new Error('must be an http:// or https:// URL');
  return url;
}

/** Fastify's own check would quote the value. */
function proxyAddresses(value: string): readonly string[] {
  const parts = value.split(',').map((part) => part.trim());
  for (const part of parts) {
    const [address = '', prefix] = part.split('/');
    const bits = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1;
    const length = prefix === undefined ? 0 : /^\d{1,3}$/.test(prefix) ? Number(prefix) : NaN;
    if (!(length <= bits)) throw new Error('must be IP addresses or CIDRs, separated by commas');
  }
  return parts;
}
