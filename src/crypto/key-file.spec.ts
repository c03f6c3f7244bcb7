import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyRingError } from './crypto.errors';
import { createKeyFile, readKeyFile } from './key-file';
import { type KeySources, loadKeyRing } from './load-key-ring';

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
    ['one a line', '\n', ''],
    ['by comma', ',', ''],
    ['with blank lines, comments and Windows line ends', '\r\n\r\n# retired soon\r\n', '\r\n'],
  ])('reads entries %s', async (_how, separator, end) => {
    await write(`${entry('new')}${separator}${entry('old')}${end}`);
    expect((await readKeyFile(path))?.keyIds).toEqual(['new', 'old']);
  });

  it.each([0o600, 0o400])('takes mode %o', async (mode) => {
    await write(entry('a'), mode);
    expect((await readKeyFile(path))?.activeKeyId).toBe('a');
  });

  it.each([0o640, 0o604, 0o644, 0o620, 0o660, 0o666, 0o700, 0o777, 0o440, 0o4600])(
    'refuses mode %o and says which modes are right',
    async (mode) => {
      await write(entry('a'), mode);
      await expect(readKeyFile(path)).rejects.toThrow(
        new KeyRingError(
          `the key file has mode 0${mode.toString(8)}; it must be 0600 or 0400, readable by its owner only`,
        ),
      );
    },
  );

  it('is null where there is no file', async () => {
    expect(await readKeyFile(path)).toBeNull();
  });

  it.each(['', '\n\n', '# only a comment\n'])('refuses a file without a key: %j', async (content) => {
    await write(content);
    await expect(readKeyFile(path)).rejects.toThrow('the key file holds no key');
  });

  it('refuses a folder and a file too large to be one', async () => {
    await mkdir(path, { mode: 0o700 });
    await expect(readKeyFile(path)).rejects.toThrow(KeyRingError);
    await rm(path, { recursive: true });
    await write('#'.repeat(70_000));
    await expect(readKeyFile(path)).rejects.toThrow(KeyRingError);
  });

  it('never prints what it was given as a path, which may be a key', async () => {
    const mistaken = join(path, entry('a'));
    await write(entry('b'));
    const error = await readKeyFile(mistaken).catch((reason: Error) => reason);
    expect(error).toEqual(new KeyRingError('the key file cannot be opened (ENOTDIR)'));
  });
});

describe('createKeyFile', () => {
  it('writes one strong key, for the owner only, and leaves nothing else behind', async () => {
    const ring = await createKeyFile(path, new Date('2026-01-02T23:59:59Z'));
    expect(ring.activeKeyId).toMatch(/^k20260102-[0-9a-f]{4}$/);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['encryption.keys']);
    const read = await readKeyFile(path);
    expect(read?.find(ring.activeKeyId)?.export()).toEqual(ring.find(ring.activeKeyId)?.export());
  });

  it('never replaces a file, and of many at once one wins', async () => {
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => createKeyFile(path)));
    const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(won).toHaveLength(1);
    const content = await readFile(path, 'utf8');
    expect(content.startsWith(`${won[0]?.activeKeyId}:`)).toBe(true);
    await expect(createKeyFile(path)).rejects.toThrow('a key file exists already');
    expect(await readFile(path, 'utf8')).toBe(content);
    expect(await readdir(folder)).toEqual(['encryption.keys']);
  });

  it('says why it cannot write', async () => {
    await expect(createKeyFile(join(folder, 'none', 'file'))).rejects.toThrow('cannot be written (ENOENT)');
  });
});

describe('loadKeyRing', () => {
  const sources = (change: Partial<KeySources>): KeySources => ({
    inlineKeys: null,
    keyFile: null,
    defaultKeyFile: path,
    embedded: true,
    isDatabaseEmpty: () => Promise.resolve(true),
    ...change,
  });

  it('makes a key for an empty embedded database, and finds it again', async () => {
    const made = await loadKeyRing(sources({}));
    expect(made.created).toBe(true);
    const found = await loadKeyRing(sources({ isDatabaseEmpty: () => Promise.resolve(false) }));
    expect(found).toMatchObject({ created: false, ring: { activeKeyId: made.ring.activeKeyId } });
  });

  it('makes none where the embedded database holds something', async () => {
    const full = sources({ isDatabaseEmpty: () => Promise.resolve(false) });
    await expect(loadKeyRing(full)).rejects.toThrow('the key file of this database is gone');
    expect(await readdir(folder)).toEqual([]);
  });

  it('makes none for a server, and teaches how to make one', async () => {
    await expect(loadKeyRing(sources({ embedded: false }))).rejects.toThrow('openssl rand -base64 32');
    expect(await readdir(folder)).toEqual([]);
  });

  it('makes none where a file was named', async () => {
    await expect(loadKeyRing(sources({ keyFile: path }))).rejects.toThrow('does not exist');
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes the variables, on any database, but not both', async () => {
    await write(entry('filed'));
    const inline = await loadKeyRing(sources({ inlineKeys: entry('inline'), embedded: false }));
    const filed = await loadKeyRing(sources({ keyFile: path, embedded: false }));
    expect([inline.ring.activeKeyId, filed.ring.activeKeyId]).toEqual(['inline', 'filed']);
    await expect(loadKeyRing(sources({ inlineKeys: entry('a'), keyFile: path }))).rejects.toThrow('not both');
  });
});
