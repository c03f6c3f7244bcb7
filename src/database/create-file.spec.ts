import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFile, removeDrafts } from './create-file';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'caret-create-file-'));
  path = join(folder, 'file');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('createFile', () => {
  it('gives the file mode 0600 whatever mode the draft gets', async () => {
    await createFile(path, async (draft) => {
      await writeFile(draft, 'text');
      await chmod(draft, 0o644);
    });
    expect(await readFile(path, 'utf8')).toBe('text');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('removes the draft and the files beside it when writing fails', async () => {
    const failing = createFile(path, async (draft) => {
      await writeFile(`${draft}-journal`, 'journal');
      throw new Error('disk full');
    });
    await expect(failing).rejects.toThrow('disk full');
    expect(await readdir(folder)).toEqual([]);
  });

  it('throws EEXIST and keeps an existing file', async () => {
    await writeFile(path, 'mine');
    await expect(createFile(path, (draft) => writeFile(draft, 'other'))).rejects.toMatchObject({
      code: 'EEXIST',
    });
    expect(await readFile(path, 'utf8')).toBe('mine');
  });
});

describe('removeDrafts', () => {
  it('removes what killed processes left of this file, and nothing else', async () => {
    const others = ['file', 'file.lock', 'other.tmp-abcdef'];
    for (const name of others) await writeFile(join(folder, name), '');
    for (const name of ['file.tmp-abcdef', 'file.tmp-ghijkl']) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'file'), 'half');
    }
    await removeDrafts(path);
    expect(await readdir(folder)).toEqual(others);
  });
});
