import { Injectable } from '@nestjs/common';
import { hasPlainSecrets, splitSecretHeaders } from '../advanced-json/advanced-json';
import type { Caller } from '../auth/caller';
import { hasScope } from '../auth/scopes';
import { assertBaseUrlConfirmed } from '../models/confirmed-base-url';
import { ModelSecretsRepository } from '../models/model-secrets.repository';
import { comparableBaseUrl, originOf } from '../upstream/base-url';
import { hasCompleteBaseUrl } from '../upstream/call-settings';
import { UpstreamService } from '../upstream/upstream.service';
import type { UpdateProviderDto } from './dto/provider.dto';
import type { Provider } from './provider.entity';
import { apiKeyRequired, secretHeadersRequired } from './provider.errors';

/** Decides where a provider's secrets may be sent. */
@Injectable()
export class ProviderDestination {
  constructor(
    private readonly upstream: UpstreamService,
    private readonly modelSecrets: ModelSecretsRepository,
  ) {}

  /**
   * Sets the kind and the base URL of the body, and which token set them. Another token that changes the kind without the
   * URL changes where calls go, so nobody has confirmed the result. Throws 422 for new secrets that need a confirmation,
   * and as {@link normalise}.
   */
  apply(caller: Caller, provider: Provider, body: UpdateProviderDto): void {
    const { base_url, provider: kind = provider.provider } = body;
    if (base_url === undefined) {
      assertBaseUrlConfirmed(caller, provider, body, '/base_url');
      if (kind !== provider.provider && provider.baseUrlSetBy !== caller.tokenId)
        provider.baseUrlSetBy = null;
    } else {
      provider.baseUrl = this.normalise(base_url);
      provider.baseUrlSetBy = base_url === null ? null : caller.tokenId;
    }
    provider.provider = kind;
  }

  /** Returns the base URL in its normal form. Throws 422 for a malformed URL or one that Caret must not call. */
  normalise(baseUrl: string | null): string | null {
    return baseUrl === null ? null : this.upstream.acceptBaseUrl(baseUrl);
  }

  /**
   * Prevents key theft through `base_url`. A new kind or effective base URL, or a setting that changes the path of calls,
   * requires all stored secrets in the same request, or the `admin` scope. Even `admin` must resend masked headers for a
   * new kind or origin. Throws 422.
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
    const hasSameUrl = before.provider === after.provider && isSame(identify, before, after);
    if (hasSameUrl && (isAdmin || hasSamePaths(before, body))) return;
    if (splitSecretHeaders(body.advanced_json ?? {}).maskedNames.length > 0) throw secretHeadersRequired();
    if (isAdmin) return;
    if (body.api_key === undefined) throw apiKeyRequired();
    const hasSecrets = before.sealedHeaders !== null || hasPlainSecrets(before.advancedJson ?? {});
    const keepsSecrets = body.advanced_json === undefined && hasSecrets;
    if (keepsSecrets || (await this.modelSecrets.existInProvider(caller.accountId, before.id)))
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

/** Whether calls have the same paths below the same base URL. */
function hasSamePaths(
  { advancedJson: before }: Provider,
  { advanced_json: after }: UpdateProviderDto,
): boolean {
  if (after === undefined) return true;
  return (
    hasCompleteBaseUrl(before) === hasCompleteBaseUrl(after) &&
    (before?.models_path ?? null) === (after?.models_path ?? null)
  );
}
