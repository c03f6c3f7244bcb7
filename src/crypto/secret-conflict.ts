import { DomainError } from '../common/domain-error';
import { SecretUndecryptableError } from './crypto.errors';

/** Throws 409 if a stored secret does not open. Rethrows other errors. */
export async function openOrConflict<T>(opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (!(error instanceof SecretUndecryptableError)) throw error;
    const detail =
      'The stored secret cannot be opened with the configured encryption keys. Resend it, or ask the operator to restore the encryption key.';
    throw new DomainError('conflict', 'llm_providers.secret_undecryptable', detail, { cause: error });
  }
}
