import { DomainError } from '../common/domain-error';
import { SecretUndecryptableError } from './crypto.errors';

/** 409 for the use of a stored secret that does not open; other errors are left as they are. */
export async function openedOrConflict<T>(opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (!(error instanceof SecretUndecryptableError)) throw error;
    const detail = 'The stored secret cannot be opened with the configured encryption keys. Send it anew.';
    throw new DomainError('conflict', 'llm_providers.secret_undecryptable', detail, { cause: error });
  }
}
