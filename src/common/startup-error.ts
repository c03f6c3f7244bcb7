/**
 * Ends a start with a message for the operator. The message names the variable or file at fault, says what is wrong
 * and what to set, and never contains a secret.
 */
export class StartupError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartupError';
  }
}
