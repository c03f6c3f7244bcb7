import { createHmac, hkdfSync } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { openEnvelope, sealEnvelope } from './envelope';
import { KEY_PROVIDER, type KeyProvider } from './key-provider';
import { KEY_BYTES } from './key-ring';
import type { SealContext } from './seal-context';
import type { SealedText } from './sealed-text';
import { ServerSecretService } from './server-secret.service';

/** A sealed text and the id of its key. Each is stored in a column of its own. */
export interface SealedSecret {
  readonly text: SealedText;
  readonly keyId: string;
}

/** Seals secrets at rest, and computes keyed hashes under the server's secret. No other module uses ciphers. */
@Injectable()
export class CryptoService {
  private readonly hmacKeys = new Map<string, Buffer>();

  constructor(
    @Inject(KEY_PROVIDER) private readonly provider: KeyProvider,
    private readonly serverSecret: ServerSecretService,
  ) {}

  /** Seals under the active key. Sealing a secret twice gives different texts. */
  async seal(plain: string, context: SealContext): Promise<SealedSecret> {
    const keyId = this.provider.activeKeyId;
    return { text: await sealEnvelope(this.provider, keyId, plain, context), keyId };
  }

  /** Opens a text that was sealed with the same context. Throws SecretUndecryptableError otherwise. */
  open(text: SealedText, context: SealContext): Promise<string> {
    return openEnvelope(this.provider, text, context);
  }

  /**
   * Computes an HMAC-SHA256. Each purpose has its own key: HKDF-SHA256 (RFC 5869) of the server's secret. Purposes are
   * constants. Throws 503 until the secret is loaded.
   */
  hmac(purpose: string, data: string | Buffer): Buffer {
    let key = this.hmacKeys.get(purpose);
    if (!key) {
      key = this.deriveKey(`caret.hmac.v1.${purpose}`);
      this.hmacKeys.set(purpose, key);
    }
    return createHmac('sha256', key).update(data).digest();
  }

  private deriveKey(info: string): Buffer {
    // No salt: the secret is uniformly random (RFC 5869, section 3.1).
    return Buffer.from(hkdfSync('sha256', this.serverSecret.value, Buffer.alloc(0), info, KEY_BYTES));
  }
}
