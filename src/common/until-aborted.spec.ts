import { untilAborted } from './until-aborted';

const never = new Promise<never>(() => undefined);

describe('untilAborted', () => {
  it('returns the result of work that ends first', async () => {
    await expect(untilAborted(Promise.resolve(1), new AbortController().signal)).resolves.toBe(1);
  });

  it('rejects with the reason of the signal, before or after the call', async () => {
    const controller = new AbortController();
    const waiting = untilAborted(never, controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(untilAborted(never, controller.signal)).rejects.toThrow('enough');
  });

  it('discards a failure that comes after the abort', async () => {
    let fail: (error: Error) => void = () => undefined;
    const work = new Promise<never>((_resolve, reject) => (fail = reject));
    await expect(untilAborted(work, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    fail(new Error('late'));
    await new Promise((resolve) => setImmediate(resolve));
  });
});
