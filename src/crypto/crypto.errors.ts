/**
 * The keys given to this process are not usable: malformed, weak, missing, or not those of this database.
 * The process must not serve with them: whoever starts it exits non-zero. Names key ids, never a value.
 */
export class KeyRingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'KeyRingError';
  }
}

/**
 * A sealed text does not open: altered, cut, moved from another place, older than its row, or sealed under a
 * key that is not configured. Which of them cannot be told apart, by design. `keyId` is null where the text is
 * not of the sealed form at all; the text itself is never part of the error.
 */
export class SecretUndecryptableError extends Error {
  constructor(readonly keyId: string | null) {
    super(
      keyId === null
        ? 'A secret is not in the sealed form'
        : `A secret sealed under '${keyId}' does not open`,
    );
    this.name = 'SecretUndecryptableError';
  }
}
