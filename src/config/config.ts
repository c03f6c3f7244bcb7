import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import ipaddr from 'ipaddr.js';
import { ConfigError } from './config-error';
import type { ConfigWarning } from './config-warning';
import { type DatabaseConfig, type DatabaseTls, parseDatabaseTls, parseDatabaseUrl } from './database-config';
import { type EgressAllowEntry, parseEgressAllow } from './egress-allow';
import { type EnvFile, type Environment, NO_ENV_FILE, readEnvFile } from './env-file';
import { type GatewayConfig, readGatewayConfig } from './gateway-config';
import { parseHostNames, parseListenHost, parseProxyUrl, parseTrustedProxies } from './network-parsers';
import { MEBIBYTE, type Quotas, readQuotas } from './quotas';
import { unknownVariableWarnings } from './unknown-variables';
import { readUsageConfig, type UsageConfig } from './usage-config';
import { integer, oneOf, parseBootstrapToken, type Parser, secret } from './variable-parsers';

type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
type EgressMode = 'strict' | 'allow' | 'local';

const LOG_LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
const EGRESS_MODES: readonly EgressMode[] = ['strict', 'allow', 'local'];

/** Seconds for the last rows of the ledger and for other requests, after the calls of the gateway have ended. */
const SECONDS_AFTER_DRAIN = 25;

/** Every setting of an operator, validated once at start. `.env.example` documents each variable. */
export interface AppConfig {
  /** HOST: the address to listen on. Default 127.0.0.1. */
  readonly host: string;
  /** PORT: default 3000. 0 takes a free port. */
  readonly port: number;
  /** DATA_DIR: the folder of the embedded database, its key file, the first admin token and the usage journal. Default ./data. */
  readonly dataDir: string;
  /**
   * DATABASE_URL: `mysql://…`, `mariadb://…` or `sqlite:PATH`. Default `sqlite:$DATA_DIR/caret.db`.
   * DATABASE_TLS: `off` (default), `system`, or the path of a PEM file with the authorities to trust.
   */
  readonly database: DatabaseConfig;
  /** DATABASE_POOL_SIZE: connections to MySQL or MariaDB per process. Default 10. */
  readonly databasePoolSize: number;
  /** BOOTSTRAP_TOKEN: the first admin token, 32 to 512 random visible ASCII characters. Default: generated and printed. */
  readonly bootstrapToken: string | null;
  /** ENCRYPTION_KEYS: `kid:base64,kid:base64`. The first key is active. */
  readonly encryptionKeys: string | null;
  /** ENCRYPTION_KEYS_FILE: the path of a file of mode 0600 with the same entries. */
  readonly encryptionKeysFile: string | null;
  /** EGRESS_MODE: default `local` with the embedded database on a loopback HOST, else `strict`. */
  readonly egressMode: EgressMode;
  /** EGRESS_ALLOW: `host:port,cidr:port,*.suffix:port`, for the modes `allow` and `local`. */
  readonly egressAllow: readonly EgressAllowEntry[];
  /** EGRESS_PROXY: an http(s) proxy for upstream calls. HTTP_PROXY and similar variables are ignored. */
  readonly egressProxy: URL | null;
  /** REGISTRY_POLL_MS: interval in milliseconds between checks for changes of other replicas. Default 1000. */
  readonly registryPollMs: number;
  /** TRUST_PROXY: addresses or CIDRs of proxies whose X-Forwarded-For is trusted. Default none. */
  readonly trustProxy: readonly string[];
  /** LOG_LEVEL: default info. */
  readonly logLevel: LogLevel;
  /** METRICS_TOKEN: bearer token for /metrics. Required there unless Caret listens on loopback. */
  readonly metricsToken: string | null;
  /** ALLOWED_HOSTS: host names, without ports, that /metrics and /readyz also serve on a loopback address. */
  readonly allowedHosts: readonly string[];
  /** REQUEST_TIMEOUT_SECONDS: seconds for a whole request to arrive. Default 30. */
  readonly requestTimeoutSeconds: number;
  /** MAX_CONNECTIONS: open connections to clients. Default 10000. */
  readonly maxConnections: number;
  readonly quotas: Quotas;
  /** ROUTING_MEMORY_MB, in bytes: all routing tables together. Default: a quarter of the heap limit. */
  readonly routingMemoryBytes: number;
  /** AUDIT_RETENTION_DAYS: days until audit events are deleted. Default 400. 0 keeps them forever. */
  readonly auditRetentionDays: number;
  /** AUDIT_MAX_MB, in bytes: the audit events of one account. Default 1024 MiB. 0 means no limit. */
  readonly auditMaxBytes: number;
  readonly usage: UsageConfig;
  /** SHUTDOWN_DELAY_SECONDS: seconds after SIGTERM during which Caret still serves but is not ready. Default 1. */
  readonly shutdownDelaySeconds: number;
  /** SHUTDOWN_GRACE_SECONDS: seconds after the delay for requests in flight. At least, and by default, 25 more than the drain. */
  readonly shutdownGraceSeconds: number;
  readonly gateway: GatewayConfig;
  /** Settings without effect and unknown names, for the log at start. */
  readonly warnings: readonly ConfigWarning[];
}

/** Checks the files and folders that variables name. Returns problems, each with its variable in front. */
export type ConfigCheck = (config: AppConfig, invalidVariables: ReadonlySet<string>) => readonly string[];

export interface ConfigOptions {
  readonly envFile?: EnvFile;
  readonly check?: ConfigCheck;
}

/** Reads the process's environment and `.env`. The environment takes precedence. See {@link loadConfig}. */
export function loadProcessConfig(check?: ConfigCheck): AppConfig {
  return loadConfig(process.env, { envFile: readEnvFile('.env'), check });
}

/** Reads and validates every variable. Throws {@link ConfigError} with all problems, those of `check` included. */
export function loadConfig(
  environment: Environment,
  { envFile = NO_ENV_FILE, check = () => [] }: ConfigOptions = {},
): AppConfig {
  const reader = new VariableReader({ ...envFile.variables, ...environment });
  const config = readVariables(reader);
  const problems = [
    ...envFile.problems,
    ...reader.problems,
    ...checkCombinations(config, reader),
    ...check(config, reader.invalid),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  const unknown = unknownVariableWarnings(environment, envFile.variables, reader.names);
  return { ...config, warnings: [...envFile.warnings, ...unknown, ...reader.unused] };
}

/** Reads variables one by one and collects their problems. */
class VariableReader {
  readonly names: string[] = [];
  readonly problems: string[] = [];
  readonly invalid = new Set<string>();
  /** Valid settings without effect. */
  readonly unused: ConfigWarning[] = [];

  constructor(private readonly environment: Environment) {}

  /** An empty or blank variable counts as not set. */
  isSet(name: string): boolean {
    return Boolean(this.environment[name]?.trim());
  }

  read<T>(name: string, fallback: T, parse: Parser<T>): T {
    this.names.push(name);
    const value = this.environment[name]?.trim();
    if (!value) return fallback;
    try {
      return parse(value);
    } catch (error) {
      this.problems.push(`${name}: ${(error as Error).message}`);
      this.invalid.add(name);
      return fallback;
    }
  }
}

function readVariables(reader: VariableReader): AppConfig {
  const read = <T>(name: string, fallback: T, parse: Parser<T>): T => reader.read(name, fallback, parse);
  const text = (value: string): string | null => value;
  const dataDir = resolve(read('DATA_DIR', './data', String));
  const database = readDatabase(reader, dataDir);
  const host = read('HOST', '127.0.0.1', parseListenHost);
  const gateway = readGatewayConfig(read);
  // Callers from other machines must not reach the private network of this one through Caret.
  const egressMode: EgressMode = database.kind === 'sqlite' && isLoopback(host) ? 'local' : 'strict';
  return {
    host,
    port: read('PORT', 3000, integer(0, 65535)),
    dataDir,
    database,
    databasePoolSize: read('DATABASE_POOL_SIZE', 10, integer(1, 1000)),
    bootstrapToken: read('BOOTSTRAP_TOKEN', null, parseBootstrapToken),
    encryptionKeys: read('ENCRYPTION_KEYS', null, text),
    encryptionKeysFile: read('ENCRYPTION_KEYS_FILE', null, text),
    egressMode: read('EGRESS_MODE', egressMode, oneOf(EGRESS_MODES)),
    egressAllow: read<readonly EgressAllowEntry[]>('EGRESS_ALLOW', [], parseEgressAllow),
    egressProxy: read('EGRESS_PROXY', null, parseProxyUrl),
    registryPollMs: read('REGISTRY_POLL_MS', 1000, integer(50, 60_000)),
    trustProxy: read<readonly string[]>('TRUST_PROXY', [], parseTrustedProxies),
    logLevel: read('LOG_LEVEL', 'info', oneOf(LOG_LEVELS)),
    metricsToken: read('METRICS_TOKEN', null, secret(16)),
    allowedHosts: read<readonly string[]>('ALLOWED_HOSTS', [], parseHostNames),
    requestTimeoutSeconds: read('REQUEST_TIMEOUT_SECONDS', 30, integer(1, 3600)),
    maxConnections: read('MAX_CONNECTIONS', 10_000, integer(1, 1_000_000)),
    quotas: readQuotas(read),
    routingMemoryBytes: read('ROUTING_MEMORY_MB', defaultRoutingMemoryMb(), integer(1, 1_000_000)) * MEBIBYTE,
    auditRetentionDays: read('AUDIT_RETENTION_DAYS', 400, integer(0, 100_000)),
    auditMaxBytes: read('AUDIT_MAX_MB', 1024, integer(0, 1_000_000)) * MEBIBYTE,
    usage: readUsageConfig(read),
    shutdownDelaySeconds: read('SHUTDOWN_DELAY_SECONDS', 1, integer(0, 300)),
    shutdownGraceSeconds: readShutdownGrace(reader, gateway),
    gateway,
    warnings: [],
  };
}

/** Raises a grace that would end the process before the calls of the gateway have been recorded. */
function readShutdownGrace(reader: VariableReader, { drainMs }: GatewayConfig): number {
  const variable = 'SHUTDOWN_GRACE_SECONDS';
  const minimum = drainMs / 1000 + SECONDS_AFTER_DRAIN;
  const grace = reader.read(variable, minimum, integer(1, 3600));
  if (grace < minimum) {
    const text = `${variable} is raised to ${minimum}, which is ${SECONDS_AFTER_DRAIN} more than GATEWAY_DRAIN_SECONDS`;
    reader.unused.push({ variable, text });
  }
  return Math.max(grace, minimum);
}

function defaultRoutingMemoryMb(): number {
  return Math.max(1, Math.floor(getHeapStatistics().heap_size_limit / 4 / MEBIBYTE));
}

function readDatabase(reader: VariableReader, dataDir: string): DatabaseConfig {
  const file = resolve(dataDir, 'caret.db');
  const embedded: DatabaseConfig = { kind: 'sqlite', file, variable: 'DATA_DIR' };
  const database = reader.read('DATABASE_URL', embedded, parseDatabaseUrl);
  const tls = reader.read<DatabaseTls>('DATABASE_TLS', null, parseDatabaseTls);
  if (database.kind !== 'sqlite') return { ...database, tls };
  if (tls)
    reader.unused.push({
      variable: 'DATABASE_TLS',
      text: 'DATABASE_TLS has no effect on the embedded database; set DATABASE_URL to a server',
    });
  return database;
}

/** Returns the problems of variables that contradict each other, and notes those without effect. */
function checkCombinations(config: AppConfig, reader: VariableReader): string[] {
  const problems: string[] = [];
  if (config.encryptionKeys && config.encryptionKeysFile) {
    problems.push('ENCRYPTION_KEYS and ENCRYPTION_KEYS_FILE: set one of them, not both');
  }
  if (config.egressMode === 'allow' && !reader.isSet('EGRESS_ALLOW')) {
    problems.push('EGRESS_ALLOW: EGRESS_MODE=allow needs at least one host:port, cidr:port or *.suffix:port');
  }
  const { maxBodyBytes, maxInFlightBytes } = config.gateway;
  if (4 * maxBodyBytes > maxInFlightBytes) {
    problems.push(
      'GATEWAY_MAX_INFLIGHT_MB: must be at least four times GATEWAY_MAX_BODY_MB, because one token takes at most a quarter',
    );
  }
  if (config.egressMode === 'strict' && config.egressAllow.length > 0) {
    reader.unused.push({
      variable: 'EGRESS_ALLOW',
      text: 'EGRESS_ALLOW has no effect in the mode strict; set EGRESS_MODE=allow to use it',
    });
  }
  return problems;
}

/** Whether only this machine can reach a service that listens on `host`, an address or a name. */
export function isLoopback(host: string): boolean {
  return (
    host.toLowerCase() === 'localhost' || (isIP(host) > 0 && ipaddr.process(host).range() === 'loopback')
  );
}
