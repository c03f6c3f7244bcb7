import { Injectable } from '@nestjs/common';
import { AnthropicAdapter } from './adapters/anthropic.adapter';
import { OpenaiAdapter } from './adapters/openai.adapter';
import { type ProbeResult, type UpstreamAdapter, type UpstreamModel } from './adapters/upstream-adapter';
import { normaliseBaseUrl, type ProviderKind } from './base-url';
import { EgressPolicy } from './egress/egress-policy';
import { type UpstreamTarget } from './upstream-target';

/** The interface of this folder to the rest of Caret: validates base URLs, lists models and probes a model. */
@Injectable()
export class UpstreamService {
  private readonly adapters: Readonly<Record<ProviderKind, UpstreamAdapter>>;

  constructor(
    private readonly policy: EgressPolicy,
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
    this.policy.checkAtSave(new URL(baseUrl));
    return baseUrl;
  }

  /** See {@link UpstreamAdapter.listModels}. */
  listModels(target: UpstreamTarget, signal?: AbortSignal): Promise<UpstreamModel[]> {
    return this.adapters[target.kind].listModels(target, signal);
  }

  /** See {@link UpstreamAdapter.probeModel}. */
  probeModel(target: UpstreamTarget, model: string, signal?: AbortSignal): Promise<ProbeResult> {
    return this.adapters[target.kind].probeModel(target, model, signal);
  }
}
