import { Injectable } from '@nestjs/common';
import { AnthropicAdapter } from './adapters/anthropic.adapter';
import { OpenaiAdapter } from './adapters/openai.adapter';
import { MAX_PROBE_MS } from './adapters/probe-request';
import { type ProbeResult, type UpstreamAdapter, type UpstreamModels } from './adapters/upstream-adapter';
import { normaliseBaseUrl, type ProviderKind } from './base-url';
import { GuardedHttpClient } from './client/guarded-http-client';
import { EgressPolicy } from './egress/egress-policy';
import {
  type AnonymousList,
  hasKeyEndpoint,
  identifyList,
  probeKey,
  probePublicList,
} from './model-list/key-probe';
import { assertNoEndpoint } from './pasted-endpoint';
import { suggestTimeout } from './upstream-error';
import { type UpstreamTarget } from './upstream-target';

/** The interface of this folder to the rest of Caret: validates base URLs, lists models and probes a model. */
@Injectable()
export class UpstreamService {
  private readonly adapters: Readonly<Record<ProviderKind, UpstreamAdapter>>;

  constructor(
    private readonly policy: EgressPolicy,
    private readonly http: GuardedHttpClient,
    openai: OpenaiAdapter,
    anthropic: AnthropicAdapter,
  ) {
    this.adapters = { openai, anthropic };
  }

  /**
   * Validates a base URL and returns the spelling to store. Throws `validation.failed` or `egress_denied` for
   * `/base_url`. Does not resolve names; each call checks the addresses.
   */
  acceptBaseUrl(raw: string): string {
    const baseUrl = normaliseBaseUrl(raw);
    assertNoEndpoint(baseUrl);
    this.policy.checkAtSave(new URL(baseUrl));
    return baseUrl;
  }

  /** See {@link UpstreamAdapter.listModels}. */
  listModels(target: UpstreamTarget, signal?: AbortSignal): Promise<UpstreamModels> {
    return this.adapters[target.kind].listModels(target, signal);
  }

  /** Identifies the list that {@link listWithoutKey} asks for. */
  listUrl(target: UpstreamTarget): string {
    return identifyList(target);
  }

  /** See {@link probePublicList}. */
  listWithoutKey(target: UpstreamTarget, signal?: AbortSignal): Promise<AnonymousList | null> {
    return probePublicList(this.http, target, signal);
  }

  /** See {@link hasKeyEndpoint}. */
  hasKeyEndpoint(target: UpstreamTarget): boolean {
    return hasKeyEndpoint(target);
  }

  /** See {@link probeKey}. */
  checkKey(target: UpstreamTarget, signal?: AbortSignal): Promise<boolean> {
    return probeKey(this.http, target, signal);
  }

  /** See {@link UpstreamAdapter.probeModel}. */
  async probeModel(target: UpstreamTarget, model: string, signal?: AbortSignal): Promise<ProbeResult> {
    try {
      return await this.adapters[target.kind].probeModel(target, model, signal);
    } catch (error) {
      throw suggestTimeout(error, MAX_PROBE_MS);
    }
  }
}
