import { DomainError } from '../common/domain-error';

/** What a quota limits, as responses and metrics name it. */
export type QuotaKind = 'providers' | 'models' | 'registry_bytes' | 'tokens';

/** What an account may have, has, and would have in addition. */
export interface QuotaState {
  readonly limit: number;
  readonly used: number;
  readonly requested: number;
}

const TEXTS: Record<QuotaKind, readonly [unit: string, variable: string]> = {
  providers: ['providers', 'QUOTA_PROVIDERS'],
  models: ['models', 'QUOTA_MODELS'],
  registry_bytes: ['bytes of providers, models and stored responses', 'QUOTA_REGISTRY_MB'],
  tokens: ['tokens', 'QUOTA_TOKENS'],
};

/** Creates a 409: the account has no room for what the request adds. */
export function quotaExceeded(kind: QuotaKind, { limit, used, requested }: QuotaState): DomainError {
  const [unit, variable] = TEXTS[kind];
  const detail = `The account may have ${limit} ${unit}, has ${used}, and the request adds ${requested}. Delete what you no longer need, or raise ${variable}.`;
  const members = { quota: kind, limit, used, requested };
  return new DomainError('conflict', 'quota.exceeded', detail, { members });
}
