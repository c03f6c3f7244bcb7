import { splitSecretHeaders } from '../advanced-json/advanced-json';
import type { Caller } from '../auth/caller';
import type { JsonObject } from '../common/json-object';
import { baseUrlRequired } from './model.errors';

/** The destination of a provider's secrets, and the token that last set it. */
export interface SecretDestination {
  readonly baseUrl: string | null;
  readonly baseUrlSetBy: string | null;
}

/** The fields of a request that can contain new secrets. */
interface NewSecrets {
  readonly api_key?: string;
  readonly advanced_json?: JsonObject | null;
}

/**
 * Rejects new secrets for a base URL that another token set, because their sender may not know where they will be sent.
 * The endpoint of the vendor (null) needs no confirmation. Throws 422 at `pointer`. See ADR 22.
 */
export function assertBaseUrlConfirmed(
  { tokenId }: Caller,
  { baseUrl, baseUrlSetBy }: SecretDestination,
  { api_key, advanced_json }: NewSecrets,
  pointer: string,
): void {
  if (baseUrl === null || baseUrlSetBy === tokenId) return;
  const { secrets } = splitSecretHeaders(advanced_json ?? {});
  if (api_key !== undefined || Object.keys(secrets).length > 0) throw baseUrlRequired(pointer);
}
