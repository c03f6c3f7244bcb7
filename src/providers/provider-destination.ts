import { Injectable } from '@nestjs/common';
import { splitSecretHeaders } from '../advanced-json/advanced-json';
import type { Caller } from '../auth/caller';
import { hasScope } from '../auth/scopes';
import { ModelsRepository } from '../models/models.repository';
import { comparableBaseUrl, originOf } from '../upstream/base-url';
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
   * Prevents key theft through `base_url`. A new kind or effective base URL requires all stored secrets in the same
   * request, or the `admin` scope. Even `admin` must resend masked headers for a new kind or origin. Throws 422.
   */
  async assertSecretsMayMove(
    caller: Caller,
    before: Provider,
    after: Provider,
    body: UpdateProviderDto,
  ): Promise<void> {
    const isAdmin = hasScope(caller.scopes, 'admin');
    // The path names the tenant at many gateways, so the origin alone does not say who receives the key.
    const identify = isAdmin ? originOf : comparableBaseUrl;
    if (before.provider === after.provider && isSame(identify, before, after)) return;
    if (splitSecretHeaders(body.advanced_json ?? {}).maskedNames.length > 0) throw secretHeadersRequired();
    if (isAdmin) return;
    if (body.api_key === undefined) throw apiKeyRequired();
    const keepsStoredHeaders = body.advanced_json === undefined && before.sealedHeaders !== null;
    if (keepsStoredHeaders || (await this.models.hasSecretHeaders(caller.accountId, before.id)))
      throw secretHeadersRequired();
  }
}

/** A manually edited URL may be invalid. It counts as the same only if it is unchanged. */
function isSame(identify: typeof originOf, before: Provider, after: Provider): boolean {
  if (before.baseUrl === after.baseUrl) return true;
  try {
    return identify(before.provider, before.baseUrl) === identify(after.provider, after.baseUrl);
  } catch {
    return false;
  }
}
