import { inBatches, jsonObject } from './batches';

describe('inBatches', () => {
  it('yields to the event loop between batches', async () => {
    const order: string[] = [];
    setImmediate(() => order.push('other'));
    await inBatches([1, 2, 3], 2, (batch) => order.push(batch.join()));
    expect(order).toEqual(['1,2', 'other', '3']);
  });

  it('waits for each batch before the next', async () => {
    const order: string[] = [];
    await inBatches(['a', 'b'], 1, async ([item]) => {
      order.push(`start ${item}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push(`end ${item}`);
    });
    expect(order).toEqual(['start a', 'end a', 'start b', 'end b']);
  });

  it('stops at the first batch that fails', async () => {
    const seen: number[] = [];
    const failing = inBatches([1, 2, 3], 1, ([item]) => {
      seen.push(item!);
      if (item === 2) throw new Error('failed');
    });
    await expect(failing).rejects.toThrow('failed');
    expect(seen).toEqual([1, 2]);
  });

  it('does nothing without items', async () => {
    const work = jest.fn();
    await inBatches([], 10, work);
    expect(work).not.toHaveBeenCalled();
  });
});

describe('jsonObject', () => {
  it.each([
    {},
    { absent: undefined },
    { absent: undefined, number: 1, text: 'é"', none: null, inner: { list: [1] } },
    { list: [1], text: [{ text: 'é"' }, null] },
    { empty: [], '"': Array.from({ length: 1201 }, (_, index) => ({ index })), last: true },
  ])('serialises object %# like JSON.stringify', async (object) => {
    expect((await jsonObject(object)).toString()).toBe(JSON.stringify(object));
  });
});
