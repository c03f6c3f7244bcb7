import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyRingError } from './crypto.errors';
import { findKeyRing, type KeySources } from './find-key-ring';
import { generateKey, readKeyFile, writeKeyFile } from './key-file';

const entry = (keyId: string) => `${keyId}:${randomBytes(32).toString('base64')}`;
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'caret-keys-'));
  path = join(folder, 'encryption.keys');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(content: string, mode = 0o600): Promise<void> {
  await writeFile(path, content);
  await chmod(path, mode);
}

describe('readKeyFile', () => {
  it.each([
    ['one per line', '\n', ''],
    ['separated by a comma', ',', ''],
    ['between blank lines, comments and Windows line ends', '\r\n\r\n# retired soon\r\n', '\r\n'],
  ])('reads entries %s', async (_how, separator, end) => {
    await write(`${entry('new')}${separator}${entry('old')}${end}`);
    expect(readKeyFile(path)?.keyIds).toEqual(['new', 'old']);
  });

  it.each([0o600, 0o400])('accepts mode %o', async (mode) => {
    await write(entry('a'), mode);
    expect(readKeyFile(path)?.activeKeyId).toBe('a');
  });

  it.each([0o640, 0o604, 0o644, 0o620, 0o660, 0o666, 0o700, 0o777, 0o440, 0o4600])(
    'rejects mode %o and names the valid modes',
    async (mode) => {
      await write(entry('a'), mode);
      expect(() => readKeyFile(path)).toThrow(
        new KeyRingError(
          `the key file has mode 0${mode.toString(8)}; it must be 0600 or 0400, readable by its owner only`,
        ),
      );
    },
  );

  it('returns null when the file does not exist', () => {
    expect(readKeyFile(path)).toBeNull();
  });

  it.each(['', '\n\n', '# only a comment\n'])('rejects a file without a key: %j', async (content) => {
    await write(content);
    expect(() => readKeyFile(path)).toThrow('the key file contains no key');
  });

  it.each<[string, () => unknown]>([
    ['a folder', () => mkdir(path, { mode: 0o700 })],
    ['a named pipe', () => execFileSync('mkfifo', ['-m', '600', path])],
    ['a file that is too large', () => write('#'.repeat(70_000))],
  ])('rejects %s', async (_what, create) => {
    await create();
    expect(() => readKeyFile(path)).toThrow(new KeyRingError('must name a file of kid:base64 lines'));
  });

  it('never shows its path, which may be a key by mistake', async () => {
    const mistaken = join(path, entry('a'));
    await write(entry('b'));
    expect(() => readKeyFile(mistaken)).toThrow(new KeyRingError('the key file cannot be opened (ENOTDIR)'));
  });
});

describe('generateKey', () => {
  it('creates a strong key whose id contains the day', () => {
    const { entry: text, ring } = generateKey(new Date('2026-01-02T23:59:59Z'));
    expect(ring.activeKeyId).toMatch(/^k20260102-[0-9a-f]{4}$/);
    expect(text).toBe(`${ring.activeKeyId}:${ring.find(ring.activeKeyId)!.export().toString('base64')}`);
  });
});

describe('writeKeyFile', () => {
  it('writes a key for the owner only, and leaves nothing else behind', async () => {
    const { entry: text, ring } = generateKey();
    await writeKeyFile(path, text);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['encryption.keys']);
    expect(readKeyFile(path)?.keyIds).toEqual(ring.keyIds);
  });

  it('never replaces a file, and exactly one of several concurrent writers succeeds', async () => {
    const entries = Array.from({ length: 8 }, () => generateKey().entry);
    const results = await Promise.allSettled(entries.map((text) => writeKeyFile(path, text)));
    const written = entries.filter((_text, index) => results[index]!.status === 'fulfilled');
    expect(written).toHaveLength(1);
    expect(await readFile(path, 'utf8')).toBe(`${written[0]}\n`);
    await expect(writeKeyFile(path, entry('late'))).rejects.toThrow('a key file exists already');
    expect(await readFile(path, 'utf8')).toBe(`${written[0]}\n`);
    expect(await readdir(folder)).toEqual(['encryption.keys']);
  });

  it('reports why it cannot write', async () => {
    const missing = join(folder, 'none', 'file');
    await expect(writeKeyFile(missing, entry('a'))).rejects.toThrow('cannot be written (ENOENT)');
  });
});

describe('findKeyRing', () => {
  const sources = (change: Partial<KeySources> = {}): KeySources => ({
    inlineKeys: null,
    keyFile: null,
    defaultKeyFile: path,
    embedded: true,
    isDatabaseEmpty: () => true,
    ...change,
  });

  it('returns null when an empty embedded database has no key yet', () => {
    expect(findKeyRing(sources())).toBeNull();
  });

  it('reads the default file of an embedded database', async () => {
    await write(entry('default'));
    expect(findKeyRing(sources({ isDatabaseEmpty: () => false }))?.activeKeyId).toBe('default');
  });

  it('reads either variable for any database, but not both', async () => {
    await write(entry('filed'));
    const inline = findKeyRing(sources({ inlineKeys: entry('inline'), embedded: false }));
    const filed = findKeyRing(sources({ keyFile: path, embedded: false }));
    expect([inline?.activeKeyId, filed?.activeKeyId]).toEqual(['inline', 'filed']);
    expect(() => findKeyRing(sources({ inlineKeys: entry('a'), keyFile: path }))).toThrow('not both');
  });

  it.each<[string, Partial<KeySources>, RegExp]>([
    [
      'an embedded database with content',
      { isDatabaseEmpty: () => false },
      /^encryption\.keys in DATA_DIR: the key file of this database is missing/,
    ],
    ['a database server', { embedded: false }, /^ENCRYPTION_KEYS: .*openssl rand -base64 32/],
    ['a file that is named', { keyFile: '/nonexistent/keys' }, /^ENCRYPTION_KEYS_FILE: the file does not/],
  ])('creates no key in place of a missing key for %s', async (_what, change, expected) => {
    expect(() => findKeyRing(sources(change))).toThrow(expected);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each<[string, () => Partial<KeySources>]>([
    ['ENCRYPTION_KEYS', () => ({ inlineKeys: 'a:' })],
    ['ENCRYPTION_KEYS_FILE', () => ({ keyFile: path })],
    ['encryption.keys in DATA_DIR', () => ({})],
  ])('names %s as the source of a bad key', async (source, change) => {
    await write('a:');
    expect(() => findKeyRing(sources(change()))).toThrow(
      expect.objectContaining({ message: expect.stringMatching(new RegExp(`^${source}: key 'a' is empty`)) }),
    );
  });
});
