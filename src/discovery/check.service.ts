import { Injectable } from '@nestjs/common';
import type { AccountId, Caller } from '../auth/caller';
import { DomainError } from '../common/domain-error';
import { isId } from '../common/ids';
import { UnitOfWork } from '../database/unit-of-work';
import { selectorOf } from '../models/dto/model.response.dto';
import { noSuchModel } from '../models/model.errors';
import { ModelsRepository } from '../models/models.repository';
import type { ProviderModel } from '../models/provider-model.entity';
import { ProviderSecrets } from '../providers/provider-secrets';
import type { Provider } from '../providers/provider.entity';
import { ProvidersService } from '../providers/providers.service';
import type { Protocol } from '../upstream/protocol';
import { UpstreamCalls } from '../upstream/upstream-calls';
import { UpstreamError } from '../upstream/upstream-error';
import { UpstreamService } from '../upstream/upstream.service';
import type { CheckError, CheckResponse } from './dto/check.response.dto';
import { KeyCheck } from './key-check';
import { type KeyUse, KeyUseAudit } from './key-use-audit';
import { LearnedProtocols } from './learned-protocols';

/**
 * Tests whether a provider or a model works now. Returns an upstream failure as the result instead of throwing it. The
 * signal cancels the test.
 */
@Injectable()
export class CheckService {
  constructor(
    private readonly providers: ProvidersService,
    private readonly models: ModelsRepository,
    private readonly secrets: ProviderSecrets,
    private readonly upstream: UpstreamService,
    private readonly calls: UpstreamCalls,
    private readonly unitOfWork: UnitOfWork,
    private readonly keyUses: KeyUseAudit,
    private readonly keys: KeyCheck,
    private readonly protocols: LearnedProtocols,
  ) {}

  /** Lists the upstream's models without the cache, and says whether that checked the key. Free of charge. */
  async testProvider(caller: Caller, providerId: string, signal: AbortSignal): Promise<CheckResponse> {
    const provider = await this.providers.find(caller.accountId, providerId);
    const target = await this.secrets.openTarget(provider);
    const result = await this.calls.run(caller.accountId, () =>
      measure(async () => {
        const { models } = await this.upstream.listModels(target, signal);
        return this.keys.judge(target, models.length, signal);
      }),
    );
    const resource = { type: 'provider', id: provider.id, name: provider.name };
    await this.keyUses.record(
      caller,
      { action: 'provider.test', resource, signal },
      result.error?.code ?? 'ok',
    );
    return result;
  }

  /** Sends the smallest real request to the model. The vendor charges for it. */
  async testModel(
    caller: Caller,
    providerId: string,
    id: string,
    signal: AbortSignal,
  ): Promise<CheckResponse> {
    const { accountId } = caller;
    // One snapshot, so that the model's secret headers go to no earlier base URL.
    const { provider, model } = await this.unitOfWork.read(
      async () => ({
        provider: await this.providers.find(accountId, providerId),
        model: await this.findModel(accountId, providerId, id),
      }),
      accountId,
    );
    const target = await this.secrets.openTarget(provider, model);
    let protocol: Protocol | null = null;
    const result = await this.calls.run(accountId, () =>
      measure(async () => {
        ({ protocol } = await this.upstream.probeModel(target, model.model, signal));
        return {};
      }),
    );
    // The paid request succeeded, so a failure to store what it showed must not fail the test.
    if (protocol) await this.protocols.learn(caller, provider, model, protocol).catch(() => undefined);
    const resource = resourceOf(provider, model);
    await this.keyUses.record(caller, { action: 'model.test', resource, signal }, result.error?.code ?? 'ok');
    return result;
  }

  private async findModel(accountId: AccountId, providerId: string, id: string): Promise<ProviderModel> {
    const model = isId(id) ? await this.models.find(accountId, providerId, id) : null;
    if (!model) throw noSuchModel();
    return model;
  }
}

function resourceOf(provider: Provider, model: ProviderModel): KeyUse['resource'] {
  return { type: 'model', id: model.id, name: selectorOf(provider.name, model.model) };
}

async function measure(call: () => Promise<Pick<CheckResponse, 'key' | 'detail'>>): Promise<CheckResponse> {
  const started = performance.now();
  const latencyMs = (): number => Math.round(performance.now() - started);
  try {
    const found = await call();
    return { ok: true, latency_ms: latencyMs(), ...found };
  } catch (error) {
    // A call that was not made says nothing about the upstream.
    if (!(error instanceof DomainError) || error.kind === 'rate_limited') throw error;
    return { ok: false, latency_ms: latencyMs(), error: toCheckError(error) };
  }
}

function toCheckError(error: DomainError): CheckError {
  const { code, detail, retryAfterSeconds } = error;
  return {
    code,
    detail,
    upstream_status: error instanceof UpstreamError ? error.upstreamStatus : null,
    ...(retryAfterSeconds === undefined ? {} : { retry_after: retryAfterSeconds }),
  };
}
