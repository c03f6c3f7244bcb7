import { Injectable } from '@nestjs/common';
import { splitSecretHeaders } from '../advanced-json/advanced-json';
import type { Caller } from '../auth/caller';
import { hasScope } from '../auth/scopes';
import { ModelsRepository } from '../models/models.repository';
import { originOf } from '../upstream/base-url';
import { UpstreamService } from '../upstream/upstream.service';
import type { UpdateProviderDto } from './dto/provider.dto';
import type { Provider } from './provider.entity';
import { apiKeyRequired, secretHeadersRequired } from './provider.errors';

/** Decides where a provider's secrets may be sent. */
@Injectable()
export class ProviderDestination {
  constructor(
    private readonly upstream: UpstreamService,
    private readonly models: ModelsRepository,
  ) {}

  /** Returns the base URL in its normal form. Throws 422 for a malformed URL or one that Caret must not call. */
  normalise(baseUrl: string | null): string | null {
    return baseUrl === null ? null : this.upstream.acceptBaseUrl(baseUrl);
  }

  /**
   * Prevents key theft through `base_url`. A new kind or origin requires all stored secrets in the same request, or the
   * `admin` scope. Throws 422.
   */
  async assertSecretsMayMove(
    caller: Caller,
    before: Provider,
    after: Provider,
    body: UpdateProviderDto,
  ): Promise<void> {
    if (before.provider === after.provider && isSameOrigin(before, after)) return;
    if (splitSecretHeaders(body.advanced_json ?? {}).maskedNames.length > 0) throw secretHeadersRequired();
    if (hasScope(caller.scopes, 'admin')) return;
    if (body.api_key === undefined) throw apiKeyRequired();
    const keepsStoredHeaders = body.advanced_json === undefined && before.sealedHeaders !== null;
    if (keepsStoredHeaders || (await this.models.hasSecretHeaders(caller.accountId, before.id)))
      throw secretHeadersRequired();
  }
}

/** A manually edited URL may be invalid. It counts as the same origin only if it is unchanged. */
function isSameOrigin(before: Provider, after: Provider): boolean {
  if (before.baseUrl === after.baseUrl) return true;
  try {
    return originOf(before.provider, before.baseUrl) === originOf(after.provider, after.baseUrl);
  } catch {
    return false;
  }
}
