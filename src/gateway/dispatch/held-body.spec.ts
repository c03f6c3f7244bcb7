import { HeldBody } from './held-body';

const KIBIBYTE = 1024;

describe('HeldBody', () => {
  it('holds single bytes in few pieces', () => {
    const held = new HeldBody();
    for (let count = 0; count < 200 * KIBIBYTE; count++) held.add(Buffer.from([count % 251]));
    expect(held.bytes).toBe(200 * KIBIBYTE);
    expect(held.pieces.length).toBeLessThan(20);
    const body = held.join();
    expect(body).toHaveLength(200 * KIBIBYTE);
    expect(body.every((byte, index) => byte === index % 251)).toBe(true);
  });

  it('keeps few pieces of a tail that arrived in single bytes', () => {
    const held = new HeldBody();
    for (let count = 0; count < 200 * KIBIBYTE; count++) {
      held.add(Buffer.from([count % 251]));
      held.keepTail(64 * KIBIBYTE);
    }
    expect(held.bytes).toBeGreaterThanOrEqual(64 * KIBIBYTE);
    expect(held.bytes).toBeLessThan(130 * KIBIBYTE);
    expect(held.pieces.length).toBeLessThan(20);
    expect(held.join().at(-1)).toBe((200 * KIBIBYTE - 1) % 251);
  });

  it('does not copy a body of one chunk', () => {
    const held = new HeldBody();
    const chunk = Buffer.alloc(100 * KIBIBYTE);
    held.add(chunk);
    expect(held.join()).toBe(chunk);
  });
});
