import { Injectable } from '@nestjs/common';
import type { AccountId } from '../../auth/caller';
import { ModelCapabilities } from '../../discovery/model-capabilities';
import type { Candidate } from '../../routing/engine/model/candidate';
import type { RoutedModel, RoutedProvider } from '../../routing/engine/model/routed-registry';
import { kindOfType, type ModelKind } from '../../upstream/model-list/chat-support';

interface KnownKind {
  readonly provider: RoutedProvider;
  /** Of the account's lists. */
  readonly version: number;
  readonly kind: ModelKind | null;
}

/** Knows what models are for, from the lists of their upstreams. Caches it, because each call by a name needs it. */
@Injectable()
export class ModelKinds {
  private readonly known = new WeakMap<RoutedModel, KnownKind>();

  constructor(private readonly capabilities: ModelCapabilities) {}

  /** Returns null if no list says what the model is for. */
  kindOf(accountId: AccountId, { model, provider }: Candidate): ModelKind | null {
    const version = this.capabilities.versionFor(accountId);
    const known = this.known.get(model);
    if (known?.version === version && known.provider === provider) return known.kind;
    const { type } = this.capabilities.find(accountId, provider, model.model);
    const kind = type === undefined ? null : kindOfType(type);
    this.known.set(model, { provider, version, kind });
    return kind;
  }
}
