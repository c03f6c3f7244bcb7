import { Injectable } from '@nestjs/common';
import { AdvancedJsonSealer, NO_HEADERS } from '../advanced-json/advanced-json-sealer';
import type { Caller } from '../auth/caller';
import { FairCache } from '../common/fair-cache';
import { foldedModelKey } from '../common/identity-key';
import { newId } from '../common/ids';
import { SingleFlight } from '../common/single-flight';
import { timestamp } from '../common/timestamp';
import { yieldIfLong } from '../common/yield-if-long';
import { ModelsRepository } from '../models/models.repository';
import { ProviderDestination } from '../providers/provider-destination';
import { ProviderSecrets } from '../providers/provider-secrets';
import type { Provider } from '../providers/provider.entity';
import { openaiOnly } from '../providers/provider.errors';
import { ProvidersService } from '../providers/providers.service';
import type { UpstreamModels } from '../upstream/adapters/upstream-adapter';
import { effectiveBaseUrl } from '../upstream/base-url';
import { hasCompleteBaseUrl } from '../upstream/call-settings';
import { otherSpelling } from '../upstream/model-spelling';
import { UpstreamCalls } from '../upstream/upstream-calls';
import type { UpstreamTarget } from '../upstream/upstream-target';
import { UpstreamService } from '../upstream/upstream.service';
import { describeModels, type OfferedModel } from './describe-models';
import type { AvailableModel, AvailableModelsResponse } from './dto/available-models.response.dto';
import type { DiscoverDto } from './dto/discover.dto';
import { KeyCheck, type KeyVerdict } from './key-check';
import { type KeyUse, KeyUseAudit } from './key-use-audit';
import { ModelCapabilities } from './model-capabilities';
import { PriceCatalogue } from './price-catalogue';
import { RecentFailures } from './recent-failures';

const CACHE_MS = 120_000;

/** Characters of all cached lists together, as JSON. One list may have 8 million, whatever the number of its models. */
const MAX_CACHED_LENGTH = 32_000_000;

/** How a list is asked for: from the cache, from the cache of lists but not of failures, or from the upstream. */
export type Freshness = 'cached' | 'retried' | 'refreshed';

/** An upstream's list as far as it was read. */
export interface Offer extends Pick<UpstreamModels, 'truncated' | 'left' | 'unreadable'> {
  readonly models: readonly OfferedModel[];
  /** The key of each model, to find the configured ones. Cached, because hashing many names is slow. */
  readonly keys: readonly string[];
  /** The key of the other spelling of a model, by its key. */
  readonly otherKeys: ReadonlyMap<string, string>;
  /** The characters of the models as JSON. */
  readonly length: number;
  /** Where the list comes from. */
  readonly baseUrl: string | null;
  readonly fetchedAt: string;
}

/** Lists the models that an upstream offers. */
@Injectable()
export class DiscoveryService {
  private readonly offers = new FairCache<Offer>({
    maxSize: MAX_CACHED_LENGTH,
    sizeOf: ({ length }) => length,
    ttlMs: CACHE_MS,
  });
  private readonly failures = new RecentFailures();
  private readonly requests = new SingleFlight<string, Offer>();

  constructor(
    private readonly providers: ProvidersService,
    private readonly models: ModelsRepository,
    private readonly secrets: ProviderSecrets,
    private readonly sealer: AdvancedJsonSealer,
    private readonly destination: ProviderDestination,
    private readonly upstream: UpstreamService,
    private readonly calls: UpstreamCalls,
    private readonly prices: PriceCatalogue,
    private readonly capabilities: ModelCapabilities,
    private readonly keyUses: KeyUseAudit,
    private readonly keys: KeyCheck,
  ) {}

  /**
   * Asks the upstream at most once in two minutes, and after a failure at most once in ten seconds, unless `refresh`.
   * Concurrent callers share one request.
   */
  async listAvailable(
    caller: Caller,
    providerId: string,
    refresh: boolean,
  ): Promise<AvailableModelsResponse> {
    const { offer, cached } = await this.findOffer(caller, providerId, refresh ? 'refreshed' : 'cached');
    const configured = await this.models.listKeys(caller.accountId, providerId);
    return toResponse(offer, cached, configured);
  }

  /** Returns the list of a provider's upstream, and whether it comes from the cache. */
  async findOffer(
    caller: Caller,
    providerId: string,
    freshness: Freshness,
  ): Promise<{ offer: Offer; cached: boolean }> {
    const provider = await this.providers.find(caller.accountId, providerId);
    return this.offerOf(caller, provider, freshness);
  }

  /**
   * Lists the models for credentials that are not stored, and says whether that checked the key. Never uses a stored key.
   * Stores nothing but its audit event. The signal cancels the call.
   */
  async discover(caller: Caller, body: DiscoverDto, signal: AbortSignal): Promise<AvailableModelsResponse> {
    if (body.openai_api_mode && body.provider !== 'openai') throw openaiOnly();
    if (body.advanced_json) {
      // Rejects "***", because no stored value exists.
      const row = { ...caller, table: 'providers', id: newId() };
      await this.sealer.seal(body.advanced_json, row, { ...NO_HEADERS, advancedJson: null });
    }
    const unsaved = { type: 'provider', id: null, name: body.provider };
    const target: UpstreamTarget = {
      accountId: caller.accountId,
      kind: body.provider,
      baseUrl: this.destination.normalise(body.base_url ?? null),
      apiKey: body.api_key,
      openaiApiMode: body.openai_api_mode ?? null,
      advancedJson: body.advanced_json ?? {},
    };
    let verdict: KeyVerdict | undefined;
    const offer = await this.fetch(caller, unsaved, target, signal, async (models) => {
      verdict = await this.keys.judge(target, models, signal);
    });
    return { ...toResponse(offer, false, new Set()), ...verdict };
  }

  /** Says whether the list of a provider, with `models` models, checked its key. Throws if the vendor rejects the key. */
  async judgeKey(caller: Caller, providerId: string, models: number): Promise<KeyVerdict> {
    const provider = await this.providers.find(caller.accountId, providerId);
    const target = await this.secrets.openTarget(provider);
    const judge = () => this.keys.judge(target, models, undefined);
    const use: KeyUse = { action: 'provider.test', resource: resourceOf(provider) };
    return this.calls.run(caller.accountId, () =>
      this.keys.sendsKey(target) ? this.keyUses.during(caller, use, judge) : judge(),
    );
  }

  private async offerOf(
    caller: Caller,
    provider: Provider,
    freshness: Freshness,
  ): Promise<{ offer: Offer; cached: boolean }> {
    // Every change of the provider changes the key, so nothing needs to be evicted.
    const key = [provider.id, provider.secretVersion, provider.headersVersion, provider.updatedAt].join(' ');
    const stored = freshness === 'refreshed' ? undefined : this.offers.get(caller.accountId, key);
    if (stored) return { offer: stored, cached: true };
    if (freshness === 'cached') this.failures.throwIfKept(caller.accountId, key);
    const offer = await this.requests.run(key, () => this.fetchFor(caller, provider, key));
    return { offer, cached: false };
  }

  private async fetchFor(caller: Caller, provider: Provider, key: string): Promise<Offer> {
    const target = await this.secrets.openTarget(provider);
    try {
      const fetched = await this.fetch(caller, resourceOf(provider), target);
      this.failures.delete(caller.accountId, key);
      this.offers.set(caller.accountId, key, fetched);
      const { id, provider: kind, baseUrl, advancedJson } = provider;
      const effectiveUrl = effectiveBaseUrl(kind, baseUrl, hasCompleteBaseUrl(advancedJson));
      const host = { id, kind, baseUrl: effectiveUrl };
      this.capabilities.remember(caller.accountId, host, fetched);
      return fetched;
    } catch (error) {
      this.failures.add(caller.accountId, key, error);
      throw error;
    }
  }

  /** Lists the models. `afterList` belongs to the same use of the key. */
  private fetch(
    caller: Caller,
    resource: KeyUse['resource'],
    target: UpstreamTarget,
    signal?: AbortSignal,
    afterList?: (models: number) => Promise<void>,
  ): Promise<Offer> {
    return this.calls.run(target.accountId, async () => {
      const use: KeyUse = { action: 'provider.discover', resource, signal };
      const listed = await this.keyUses.during(caller, use, async () => {
        const found = await this.upstream.listModels(target, signal);
        await afterList?.(found.models.length);
        return found;
      });
      const { truncated, left, unreadable } = listed;
      const models = await describeModels(listed.models, target, this.prices);
      const { baseUrl } = target;
      const keys: string[] = [];
      const otherKeys = new Map<string, string>();
      let length = '[]'.length;
      for (const model of models) {
        const key = foldedModelKey(model.id);
        keys.push(key);
        const other = otherSpelling(model.id, baseUrl);
        if (other !== null) otherKeys.set(key, foldedModelKey(other));
        length += JSON.stringify(model).length;
        await yieldIfLong();
      }
      return {
        models,
        keys,
        otherKeys,
        length,
        baseUrl,
        truncated,
        left,
        unreadable,
        fetchedAt: timestamp(),
      };
    });
  }
}

function resourceOf({ id, name }: Provider): KeyUse['resource'] {
  return { type: 'provider', id, name };
}

function toResponse(offer: Offer, cached: boolean, configured: ReadonlySet<string>): AvailableModelsResponse {
  const { keys, otherKeys, truncated, left, unreadable } = offer;
  const isConfigured = (key: string): boolean =>
    configured.has(key) || configured.has(otherKeys.get(key) ?? key);
  return {
    models: offer.models.map((model, index) => toAvailable(model, isConfigured(keys[index]!))),
    fetched_at: offer.fetchedAt,
    cached,
    truncated,
    left,
    unreadable,
  };
}

function toAvailable({ id, name, ...offered }: OfferedModel, configured: boolean): AvailableModel {
  const { chat, ...rest } = offered;
  void chat;
  return { id, name, configured, ...rest };
}
