import { BOX_OVERHEAD_BYTES, decryptBox, encryptBox } from './aes-gcm';
import { SecretUndecryptableError } from './crypto.errors';
import type { KeyProvider } from './key-provider';
import { KEY_BYTES, type KeyRing } from './key-ring';

/** Wraps data keys in this process, with AES-256-GCM under the keys of a {@link KeyRing}. */
export class LocalKeyProvider implements KeyProvider {
  readonly activeKeyId: string;
  readonly knownKeyIds: readonly string[];

  constructor(private readonly ring: KeyRing) {
    this.activeKeyId = ring.activeKeyId;
    this.knownKeyIds = ring.keyIds;
  }

  async wrap(keyId: string, dataKey: Buffer, aad: Buffer): Promise<Buffer> {
    const key = this.ring.find(keyId);
    if (!key) throw new RangeError(`No key '${keyId}' to wrap with`);
    if (dataKey.length !== KEY_BYTES) throw new RangeError(`A data key has ${KEY_BYTES} bytes`);
    return Promise.resolve(encryptBox(key, dataKey, aad));
  }

  async unwrap(keyId: string, wrapped: Buffer, aad: Buffer): Promise<Buffer> {
    const key = this.ring.find(keyId);
    const whole = wrapped.length === KEY_BYTES + BOX_OVERHEAD_BYTES;
    const dataKey = key && whole ? decryptBox(key, wrapped, aad) : null;
    if (!dataKey) throw new SecretUndecryptableError(keyId);
    return Promise.resolve(dataKey);
  }
}
