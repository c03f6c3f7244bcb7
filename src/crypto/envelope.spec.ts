import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { SecretUndecryptableError } from './crypto.errors';
import { openEnvelope, sealEnvelope } from './envelope';
import { parseKeyRing } from './key-ring';
import { LocalKeyProvider } from './local-key-provider';
import type { SealContext } from './seal-context';
import type { SealedText } from './sealed-text';

const entryA = `key-a:${randomBytes(32).toString('base64')}`;
const entryB = `key-b:${randomBytes(32).toString('base64')}`;
const provider = new LocalKeyProvider(parseKeyRing(`${entryA},${entryB}`));
const secret = 'sk-ant-api03-marker-4b1d';
const context: SealContext = {
  purpose: 'upstream-api-key',
  accountId: 'account-1',
  table: 'llm_providers',
  rowId: 'row-1',
  field: 'api_key',
  version: 3,
};

const seal = (plain = secret, where = context) => sealEnvelope(provider, 'key-a', plain, where);
const open = (text: string, where = context) => openEnvelope(provider, text as SealedText, where);

async function expectClosed(text: string, where = context): Promise<void> {
  const error: unknown = await open(text, where).then(
    () => 'opened',
    (reason: unknown) => reason,
  );
  if (!(error instanceof SecretUndecryptableError)) throw new Error(`not closed: ${text}: ${String(error)}`);
}

function segments(text: string): [string, string, Buffer, Buffer] {
  const [format = '', keyId = '', wrapped = '', ciphertext = ''] = text.split('.');
  return [format, keyId, Buffer.from(wrapped, 'base64url'), Buffer.from(ciphertext, 'base64url')];
}

const joined = (wrapped: Buffer, ciphertext: Buffer) =>
  `v1.key-a.${wrapped.toString('base64url')}.${ciphertext.toString('base64url')}`;

describe('sealEnvelope', () => {
  it.each(['', secret, 'ключ 🗝 \u0000 \ufeff', 'x'.repeat(1_000_000)])(
    'round-trips a secret through openEnvelope',
    async (plain) => {
      expect(await open(await seal(plain))).toBe(plain);
    },
  );

  it('has the documented form, with a 12-byte nonce and a 16-byte tag in both layers', async () => {
    const text = await seal();
    expect(text).toMatch(/^v1\.key-a\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/);
    const [, , wrapped, ciphertext] = segments(text);
    expect([wrapped.length, ciphertext.length]).toEqual([12 + 32 + 16, 12 + secret.length + 16]);
  });

  it('seals the same secret differently each time, in every part', async () => {
    const seals = await Promise.all(Array.from({ length: 50 }, () => seal()));
    const parts = seals.flatMap((text) => {
      const [, , wrapped, ciphertext] = segments(text);
      return [wrapped, ciphertext].flatMap((box) => [box.subarray(0, 12), box.subarray(12)]);
    });
    expect(new Set(parts.map((part) => part.toString('hex'))).size).toBe(200);
  });

  it('rejects text that UTF-8 cannot encode', async () => {
    await expect(seal('lone \ud800 surrogate')).rejects.toThrow(RangeError);
  });
});

describe('openEnvelope', () => {
  it('rejects a seal with any bit of either box flipped', async () => {
    const [, , wrapped, ciphertext] = segments(await seal());
    for (const box of [wrapped, ciphertext]) {
      for (let bit = 0; bit < box.length * 8; bit += 1) {
        const index = bit >> 3;
        box.writeUInt8(box.readUInt8(index) ^ (1 << (bit & 7)), index);
        await expectClosed(joined(wrapped, ciphertext));
        box.writeUInt8(box.readUInt8(index) ^ (1 << (bit & 7)), index);
      }
    }
    expect(await open(joined(wrapped, ciphertext))).toBe(secret);
  });

  it('rejects a seal with any bit of its text flipped', async () => {
    const bytes = Buffer.from(await seal(), 'latin1');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const altered = Buffer.from(bytes);
      altered.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      await expectClosed(altered.toString('latin1'));
    }
  });

  it('rejects a seal that is truncated at any length, or extended', async () => {
    const text = await seal();
    for (let length = 0; length < text.length; length += 1) {
      await expectClosed(text.slice(0, length));
      await expectClosed(text.slice(text.length - length));
    }
    const [, , wrapped, ciphertext] = segments(text);
    for (let length = 0; length < wrapped.length; length += 1) {
      await expectClosed(joined(wrapped.subarray(0, length), ciphertext));
    }
    for (let length = 0; length < ciphertext.length; length += 1) {
      await expectClosed(joined(wrapped, ciphertext.subarray(0, length)));
    }
    await expectClosed(joined(Buffer.concat([wrapped, Buffer.alloc(1)]), ciphertext));
    await expectClosed(joined(wrapped, Buffer.concat([ciphertext, Buffer.alloc(1)])));
  });

  it('rejects a mix of the boxes of two seals with the same context', async () => {
    const [, , wrapped, ciphertext] = segments(await seal());
    const [, , otherWrapped, otherCiphertext] = segments(await seal());
    await expectClosed(joined(wrapped, otherCiphertext));
    await expectClosed(joined(otherWrapped, ciphertext));
    await expectClosed(joined(ciphertext, wrapped));
  });

  it('rejects any other spelling of a seal', async () => {
    const text = await seal();
    const [, , wrapped, ciphertext] = segments(text);
    const spellings = [
      `${text}.`,
      `${text}.AA`,
      ` ${text}`,
      `${text}\n`,
      `${text}==`,
      text.replace('v1', 'V1'),
    ];
    const standard = `v1.key-a.${wrapped.toString('base64')}.${ciphertext.toString('base64')}`;
    for (const spelling of [...spellings, standard, text.replace('key-a', 'KEY-A'), '', 'v1...', secret]) {
      await expectClosed(spelling);
    }
  });

  it('rejects spare bits in the last character of base64url', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const text = await seal(secret.slice(0, 21));
    for (const character of alphabet.replace(text.slice(-1), '')) {
      await expectClosed(text.slice(0, -1) + character);
    }
  });

  it('rejects a seal of another key, whatever key id it names', async () => {
    const text = await seal();
    await expectClosed(text.replace('key-a', 'key-b'));
    await expectClosed(text.replace('key-a', 'key-c'));
    const renamed = new LocalKeyProvider(parseKeyRing(entryA.replace('key-a', 'key-b')));
    const relabelled = text.replace('key-a', 'key-b') as SealedText;
    await expect(openEnvelope(renamed, relabelled, context)).rejects.toThrow(SecretUndecryptableError);
    const otherKey = new LocalKeyProvider(parseKeyRing(entryB.replace('key-b', 'key-a')));
    await expect(openEnvelope(otherKey, text, context)).rejects.toThrow(SecretUndecryptableError);
  });

  it('reports the key id and no part of the seal', async () => {
    const text = (await seal()).replace('key-a', 'key-c');
    const error: unknown = await open(text).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'SecretUndecryptableError', keyId: 'key-c' });
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain(text.slice(-20));
    await expect(open(secret)).rejects.toMatchObject({ keyId: null });
  });
});

describe('openEnvelope with another context', () => {
  const otherContexts: [string, Partial<SealContext>][] = [
    ['purpose', { purpose: 'upstream-headers' }],
    ['account', { accountId: 'account-2' }],
    ['account left out', { accountId: null }],
    ['table', { table: 'llm_provider_models' }],
    ['row', { rowId: 'row-2' }],
    ['field', { field: 'headers' }],
    ['older version', { version: 2 }],
    ['newer version', { version: 4 }],
    ['boundary between parts moved', { table: 'llm_providersrow', rowId: '-1' }],
    ['parts swapped', { table: 'row-1', rowId: 'llm_providers' }],
  ];

  it.each(otherContexts)('rejects a seal: %s', async (_part, change) => {
    const other = { ...context, ...change };
    await expectClosed(await seal(), other);
    await expectClosed(await seal(secret, other), context);
  });

  it.each([{ version: 1.5 }, { version: -1 }, { version: Number.NaN }, { rowId: '' }, { accountId: '' }])(
    'rejects an invalid context when sealing: %p',
    async (change) => {
      await expect(seal(secret, { ...context, ...change })).rejects.toThrow(RangeError);
    },
  );
});
