import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service';
import type { Caller } from '../auth/caller';
import { selectorOf } from '../models/dto/model.response.dto';
import { ModelsRepository } from '../models/models.repository';
import type { ProviderModel } from '../models/provider-model.entity';
import type { Provider } from '../providers/provider.entity';
import { ProvidersRepository } from '../providers/providers.repository';
import { ProvidersService } from '../providers/providers.service';
import { RegistryTransaction } from '../registry/registry-transaction';
import type { Protocol } from '../upstream/protocol';

/** Stores what successful tests teach about the protocols of an endpoint in mode `auto`. */
@Injectable()
export class LearnedProtocols {
  constructor(
    private readonly providers: ProvidersService,
    private readonly providerRows: ProvidersRepository,
    private readonly models: ModelsRepository,
    private readonly registry: RegistryTransaction,
    private readonly audit: AuditService,
  ) {}

  /**
   * Stores the protocol of a model. What one model teaches holds for the whole endpoint, because most compatible servers
   * have one protocol for all models, until another model proves the opposite. A model that has taught something keeps it.
   */
  async learn(caller: Caller, provider: Provider, model: ProviderModel, protocol: Protocol): Promise<void> {
    if (provider.provider !== 'openai' || (provider.openaiApiMode ?? 'auto') !== 'auto') return;
    const ofEndpoint = protocol === 'openai_chat_completions' ? protocol : null;
    // The Responses API is the default, so a model that has it must be remembered only against what is known.
    const isNew =
      protocol !== 'openai_responses' || (provider.learnedProtocol ?? model.learnedProtocol) !== null;
    const ofModel = isNew ? protocol : null;
    if (provider.learnedProtocol === ofEndpoint && model.learnedProtocol === ofModel) return;
    const { accountId } = caller;
    await this.registry.run(accountId, async (touch) => {
      // The endpoint or the model may have changed during the call.
      const current = await this.providers.find(accountId, provider.id);
      const found = await this.models.find(accountId, provider.id, model.id);
      if (current.updatedAt !== provider.updatedAt || found?.model !== model.model) return;
      if (!(await this.models.setLearnedProtocol(accountId, model.id, ofModel))) return;
      touch('model', model.id);
      if (current.learnedProtocol !== ofEndpoint) {
        await this.providerRows.setLearnedProtocol(accountId, provider.id, ofEndpoint);
        touch('provider', provider.id);
      }
      await this.audit.record(caller, {
        action: 'model.learn',
        resource: { type: 'model', id: model.id, name: selectorOf(provider.name, model.model) },
        changes: { learned_protocol: { before: model.learnedProtocol, after: ofModel } },
      });
    });
  }
}
