import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError } from './command-errors';
import { createOutput } from './create-output';

describe('createOutput', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'caret-create-output-'));
    file = join(folder, 'copy');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ['a full disk', Object.assign(new Error('no space'), { code: 'ENOSPC' }), 'was not written: ENOSPC.'],
    ['a file that appeared meanwhile', Object.assign(new Error('exists'), { code: 'EEXIST' }), 'exists.'],
  ])('names the file and the cause of %s', async (_what, error, text) => {
    const creation = createOutput(file, async () => {
      if (text === 'exists.') await writeFile(file, 'mine');
      throw error;
    });
    await expect(creation).rejects.toThrow(CommandError);
    await expect(creation).rejects.toThrow(`${file} ${text}`);
    expect(await readdir(folder)).toEqual(text === 'exists.' ? ['copy'] : []);
  });

  it('rethrows an error without a code', async () => {
    const error = new TypeError('a bug');
    await expect(createOutput(file, () => Promise.reject(error))).rejects.toBe(error);
  });
});
