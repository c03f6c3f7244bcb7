import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvFile } from './env-file';
import { FileError, readSmallFile } from './read-small-file';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'caret-read-'));
  path = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('readSmallFile', () => {
  it('returns the text and the mode of a file of exactly the maximum', () => {
    writeFileSync(path, 'ä'.repeat(50));
    chmodSync(path, 0o640);
    expect(readSmallFile(path, 100)).toEqual({ text: 'ä'.repeat(50), mode: 0o640 });
  });

  it('rejects a file of one byte more', () => {
    writeFileSync(path, 'x'.repeat(101));
    expect(() => readSmallFile(path, 100)).toThrow(new FileError('too large'));
  });

  it('does not trust a size of 0', () =>
    expect(() => readSmallFile('/proc/self/status', 100)).toThrow(new FileError('too large')));

  it.each(['/dev/zero', '/dev/null'])('rejects %s', (name) =>
    expect(() => readSmallFile(name, 100)).toThrow(new FileError('not a file')),
  );

  it('rejects a pipe without a writer', () => {
    execFileSync('mkfifo', [path]);
    expect(() => readSmallFile(path, 100)).toThrow(new FileError('not a file'));
  });
});

describe('readEnvFile', () => {
  it.each([
    ['a pipe', () => execFileSync('mkfifo', [path]), 'not a file'],
    ['a link to an endless device', () => symlinkSync('/dev/zero', path), 'not a file'],
    ['a file of more than 1 MiB', () => writeFileSync(path, 'A=b\n'.repeat(2 ** 18 + 1)), 'too large'],
  ])('reports %s as a problem', (_what, create, cause) => {
    create();
    expect(readEnvFile(path).problems).toEqual([
      `.env: cannot be read (${cause}); must be a readable file of NAME=value lines`,
    ]);
  });
});
