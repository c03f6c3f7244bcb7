import { Mutex } from './mutex';

describe('Mutex', () => {
  it('is free initially and after each release', async () => {
    const mutex = new Mutex();
    for (let turn = 0; turn < 3; turn++) (await mutex.acquire())();
  });

  it('admits one caller at a time, in the order of arrival', async () => {
    const mutex = new Mutex();
    const order: string[] = [];
    const task = async (name: string) => {
      const release = await mutex.acquire();
      order.push(`${name} in`);
      await new Promise(setImmediate);
      order.push(`${name} out`);
      release();
    };
    await Promise.all([task('a'), task('b'), task('c')]);
    expect(order).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
  });

  it('ignores a second release of the same turn', async () => {
    const mutex = new Mutex();
    const first = await mutex.acquire();
    const second = mutex.acquire();
    let third = false;
    void mutex.acquire().then(() => (third = true));
    first();
    first();
    await second;
    await new Promise(setImmediate);
    expect(third).toBe(false);
  });
});
