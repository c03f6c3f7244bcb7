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

/** Where a provider's secrets may go. */
@Injectable()
export class ProviderDestination {
  constructor(
    private readonly upstream: UpstreamService,
    private readonly models: ModelsRepository,
  ) {}

  /** The base URL in its normal form. 422 for one that is malformed or that Caret must not call. */
  normalise(baseUrl: string | null): string | null {
    return baseUrl === null ? null : this.upstream.acceptBaseUrl(baseUrl);
  }

  /**
   * A stored secret must not be walked to a host of the caller's choice: where kind or origin change, all of them
   * come anew in the same request, or the caller is an `admin`.
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
    const keepsOwn = body.advanced_json === undefined && before.sealedHeaders !== null;
    if (keepsOwn || (await this.models.hasSecretHeaders(caller.accountId, before.id)))
      throw secretHeadersRequired();
  }
}

/** A stored URL may have been spoilt by hand: unchanged it may stay, and from there every other is elsewhere. */
function isSameOrigin(before: Provider, after: Provider): boolean {
  if (before.baseUrl === after.baseUrl) return true;
  try {
    return originOf(before.provider, before.baseUrl) === originOf(after.provider, after.baseUrl);
  } catch {
    return false;
  }
}
