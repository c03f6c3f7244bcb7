import { integer, type Parser } from './variable-parsers';

export const MEBIBYTE = 2 ** 20;

/** What one account may store. 0 means no limit. */
export interface Quotas {
  /** QUOTA_PROVIDERS: default 2000. */
  readonly providers: number;
  /** QUOTA_MODELS: default 200000. */
  readonly models: number;
  /** QUOTA_REGISTRY_MB, in bytes: what `stored_bytes` counts, stored responses included. Default 256 MiB. */
  readonly registryBytes: number;
  /** QUOTA_TOKENS: tokens that are stored, expired ones included. Default 10000. */
  readonly tokens: number;
}

export function readQuotas(read: (name: string, fallback: number, parse: Parser<number>) => number): Quotas {
  return {
    providers: read('QUOTA_PROVIDERS', 2000, integer(0, 1_000_000)),
    models: read('QUOTA_MODELS', 200_000, integer(0, 10_000_000)),
    registryBytes: read('QUOTA_REGISTRY_MB', 256, integer(0, 1_000_000)) * MEBIBYTE,
    tokens: read('QUOTA_TOKENS', 10_000, integer(0, 1_000_000)),
  };
}
