import { Injectable } from '@nestjs/common';
import { AnthropicAdapter } from './adapters/anthropic.adapter';
import { OpenaiAdapter } from './adapters/openai.adapter';
import { type CallOutcome, type UpstreamAdapter, type UpstreamModel } from './adapters/upstream-adapter';
import { normaliseBaseUrl, type ProviderKind } from './base-url';
import { EgressPolicy } from './egress/egress-policy';
import { type UpstreamTarget } from './upstream-target';

/** What the rest of the service knows of upstreams: which base URLs are acceptable, and two calls. */
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
   * Judges a base URL before it is saved or used and gives the spelling to store. Throws `validation.failed`
   * or `egress_denied` for `/base_url`. A name that does not resolve now is accepted: it is judged at use.
   */
  acceptBaseUrl(raw: string): string {
    const baseUrl = normaliseBaseUrl(raw);
    this.policy.checkAtSave(new URL(baseUrl));
    return baseUrl;
  }

  /** See {@link UpstreamAdapter.listModels}. */
  listModels(target: UpstreamTarget): Promise<UpstreamModel[]> {
    return this.adapters[target.kind].listModels(target);
  }

  /** See {@link UpstreamAdapter.probeModel}. */
  probeModel(target: UpstreamTarget, model: string): Promise<CallOutcome> {
    return this.adapters[target.kind].probeModel(target, model);
  }
}
