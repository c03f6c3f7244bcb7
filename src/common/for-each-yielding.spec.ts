import { forEachYielding } from './for-each-yielding';

const WORK_MS = 30;

function workFor(milliseconds: number): void {
  const ends = performance.now() + milliseconds;
  while (performance.now() < ends);
}

describe('forEachYielding', () => {
  it('lets other work run between slow items, and calls for each in order', async () => {
    const order: string[] = [];
    const other = setInterval(() => order.push('other'), 1);
    await forEachYielding([1, 2, 3], (item) => {
      workFor(WORK_MS);
      order.push(String(item));
    });
    clearInterval(other);
    expect(order.filter((each) => each !== 'other')).toEqual(['1', '2', '3']);
    expect(order.slice(order.indexOf('1'), order.indexOf('3'))).toContain('other');
  });
});
