import { randomBytes } from 'node:crypto';
import { SecretUndecryptableError } from './crypto.errors';
import type { KeyProvider } from './key-provider';
import { parseKeyRing } from './key-ring';
import { LocalKeyProvider } from './local-key-provider';

const entry = (keyId: string) => `${keyId}:${randomBytes(32).toString('base64')}`;

/** Providers with at least two keys. Add a line for a new implementation. */
const providers: [string, () => KeyProvider][] = [
  ['local', () => new LocalKeyProvider(parseKeyRing(`${entry('new')},${entry('old')}`))],
];

describe.each(providers)('the key provider %s', (_name, create) => {
  const provider = create();
  const dataKey = randomBytes(32);
  const aad = Buffer.from('here');

  it('knows its active key', () => {
    expect(provider.knownKeyIds).toContain(provider.activeKeyId);
    expect(provider.knownKeyIds.every((keyId) => /^[a-z0-9_-]{1,32}$/.test(keyId))).toBe(true);
  });

  it('unwraps its own wrapped keys, under every key it knows', async () => {
    for (const keyId of provider.knownKeyIds) {
      const wrapped = await provider.wrap(keyId, dataKey, aad);
      expect(await provider.unwrap(keyId, wrapped, aad)).toEqual(dataKey);
    }
  });

  it('wraps differently each time and does not change the data key', async () => {
    const copy = Buffer.from(dataKey);
    const first = await provider.wrap(provider.activeKeyId, dataKey, aad);
    const second = await provider.wrap(provider.activeKeyId, dataKey, aad);
    expect(first.equals(second)).toBe(false);
    expect(first.includes(dataKey)).toBe(false);
    expect(dataKey).toEqual(copy);
  });

  it('rejects other AAD, another key, an unknown key, and altered, truncated or extended bytes', async () => {
    const active = provider.activeKeyId;
    const other = provider.knownKeyIds.find((keyId) => keyId !== active) ?? '';
    const wrapped = await provider.wrap(active, dataKey, aad);
    const altered = Buffer.from(wrapped);
    altered.writeUInt8(altered.readUInt8(20) ^ 1, 20);
    const attempts: [string, Buffer, Buffer][] = [
      [active, wrapped, Buffer.from('there')],
      [active, wrapped, Buffer.alloc(0)],
      [other, wrapped, aad],
      ['unknown', wrapped, aad],
      [active, altered, aad],
      [active, wrapped.subarray(0, -1), aad],
      [active, wrapped.subarray(0, -12), aad],
      [active, Buffer.concat([wrapped, Buffer.alloc(1)]), aad],
      [active, Buffer.alloc(0), aad],
    ];
    for (const [keyId, bytes, where] of attempts) {
      await expect(provider.unwrap(keyId, bytes, where)).rejects.toThrow(SecretUndecryptableError);
    }
  });

  it('rejects an unknown key and a data key of another length when wrapping', async () => {
    await expect(provider.wrap('unknown', dataKey, aad)).rejects.toThrow(RangeError);
    await expect(provider.wrap(provider.activeKeyId, dataKey.subarray(1), aad)).rejects.toThrow(RangeError);
  });
});
