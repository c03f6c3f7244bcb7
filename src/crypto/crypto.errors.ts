import { StartupError } from '../common/startup-error';

/**
 * The configured keys are unusable: malformed, weak, missing, or not those of this database. The process must exit.
 * The message contains key ids and never a key.
 */
export class KeyRingError extends StartupError {
  constructor(message: string) {
    super(message);
    this.name = 'KeyRingError';
  }
}

/**
 * A sealed text does not open: it was altered, truncated, moved from another row, is older than its row, or was sealed
 * under a key that is not configured. The cause cannot be determined, by design. `keyId` is null if the text does not
 * have the sealed form. The error never contains the text.
 */
export class SecretUndecryptableError extends Error {
  constructor(readonly keyId: string | null) {
    super(
      keyId === null
        ? 'A secret does not have the sealed form'
        : `A secret sealed under '${keyId}' does not open`,
    );
    this.name = 'SecretUndecryptableError';
  }
}
