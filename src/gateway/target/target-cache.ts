import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { AccountId } from '../../auth/caller';
import { storedObject } from '../../common/stored-json';
import { ModelCapabilities } from '../../discovery/model-capabilities';
import { ProviderSecrets, type SealedModel, type SealedProvider } from '../../providers/provider-secrets';
import type { Candidate } from '../../routing/engine/model/candidate';
import type { RoutedHeaders, RoutedModel, RoutedProvider } from '../../routing/engine/model/routed-registry';
import { effectiveBaseUrl } from '../../upstream/base-url';
import { createGatewayTarget } from './create-gateway-target';
import type { GatewayTarget } from './gateway-target';

const MAX_TARGETS = 5_000;

/** Limits how long an opened key and the length of a context stay in memory unchecked. */
const MAX_AGE_MS = 60_000;

/** A target and the routed model that it was created from. The cache does not retain the model's table. */
interface CachedTarget {
  readonly model: WeakRef<RoutedModel>;
  readonly target: GatewayTarget;
}

/**
 * Opens the secrets of candidates and caches the targets. A provider and a model are new objects after each change, so a
 * target is valid only for the same two objects. Needs no database.
 */
@Injectable()
export class TargetCache {
  private readonly targets = new LRUCache<string, CachedTarget>({ max: MAX_TARGETS, ttl: MAX_AGE_MS });

  constructor(
    private readonly secrets: ProviderSecrets,
    private readonly capabilities: ModelCapabilities,
  ) {}

  /**
   * Returns a cached target without a promise. Otherwise the promise rejects with 409 if a secret cannot be opened, and
   * with `validation.failed` if the stored base URL is corrupt.
   */
  get(accountId: AccountId, candidate: Candidate): GatewayTarget | Promise<GatewayTarget> {
    const cached = this.targets.get(candidate.model.id);
    return cached !== undefined &&
      cached.model.deref() === candidate.model &&
      cached.target.provider === candidate.provider
      ? cached.target
      : this.open(accountId, candidate);
  }

  private async open(accountId: AccountId, { provider, model }: Candidate): Promise<GatewayTarget> {
    const upstream = await this.secrets.openTarget(
      toSealedProvider(accountId, provider),
      toSealedModel(accountId, model),
    );
    const { context_length: contextLength } = this.capabilities.find(accountId, provider, model.model);
    const target = createGatewayTarget({
      provider,
      model: copyOf(model),
      upstream,
      contextLength: contextLength ?? null,
    });
    this.targets.set(model.id, { model: new WeakRef(model), target });
    return target;
  }
}

function toSealedProvider(accountId: AccountId, provider: RoutedProvider): SealedProvider {
  const { id, kind, baseUrl, openaiApiMode, sealedApiKey, secretVersion, advancedText } = provider;
  return {
    id,
    accountId,
    provider: kind,
    // Null is the vendor's own address, to which `complete_base_url` does not apply.
    baseUrl: baseUrl === effectiveBaseUrl(kind, null) ? null : baseUrl,
    openaiApiMode,
    sealedApiKey,
    secretVersion,
    advancedJson: advancedText === null ? undefined : storedObject(advancedText),
    ...toSealedHeaders(provider.sealedHeaders),
  };
}

function toSealedModel(accountId: AccountId, { id, advancedText, sealedHeaders }: RoutedModel): SealedModel {
  return { id, accountId, advancedJson: storedObject(advancedText), ...toSealedHeaders(sealedHeaders) };
}

/** A model of a table refers to the whole table. */
function copyOf(model: RoutedModel): RoutedModel {
  const { id, providerId, priority, isDefault, whenText, enabled, aliases, tags } = model;
  const { advancedText, sealedHeaders, learnedProtocol, multiplier, rates, pricingText } = model;
  return {
    id,
    providerId,
    model: model.model,
    priority,
    isDefault,
    whenText,
    enabled,
    aliases,
    tags,
    advancedText,
    sealedHeaders,
    learnedProtocol,
    multiplier,
    rates,
    pricingText,
  };
}

/** Opening needs no key id beside the one in the text. */
function toSealedHeaders(headers: RoutedHeaders | null) {
  return { sealedHeaders: headers?.text ?? null, headersKeyId: null, headersVersion: headers?.version ?? 0 };
}
