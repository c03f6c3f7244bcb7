import { createHmac, randomBytes } from 'node:crypto';

/** Signatures and encrypted reasoning. Only the upstream that created one accepts it, and only for the same text. */
export class SealedTexts {
  private readonly key = randomBytes(16);

  seal(text: string): string {
    return createHmac('sha256', this.key).update(text).digest('base64');
  }

  isSealOf(seal: unknown, text: string): boolean {
    return seal === this.seal(text);
  }
}
