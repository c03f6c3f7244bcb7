import { randomBytes } from 'node:crypto';
import { MAX_ROW_BYTES, packResponse, unpackResponse } from './packed-response';

const item = (index: number) => ({ id: index, tags: ['a'.repeat(64), 'é'.repeat(64)] });

describe('packResponse', () => {
  it('keeps a response of up to 256 KiB as it is', async () => {
    const body = { text: 'x'.repeat(MAX_ROW_BYTES - '{"text":""}'.length) };
    expect(await packResponse(body)).toEqual({
      text: JSON.stringify(body),
      parts: [],
      storedBytes: MAX_ROW_BYTES,
    });
  });

  it('counts bytes, not characters', async () => {
    expect((await packResponse({ text: 'é'.repeat(MAX_ROW_BYTES / 2) })).text).toBeNull();
  });

  it('compresses a longer response, which unpackResponse restores', async () => {
    const body = { added: Array.from({ length: 5000 }, (_, index) => item(index)), skipped: [] };
    const { text, parts } = await packResponse(body);
    expect(text).toBeNull();
    expect(parts.join('').length).toBeLessThan(MAX_ROW_BYTES);
    expect(await unpackResponse(parts)).toBe(JSON.stringify(body));
  });

  it('splits what stays long, so that no part exceeds 256 KiB', async () => {
    const body = { names: Array.from({ length: 100 }, () => randomBytes(10_000).toString('base64')) };
    const { parts, storedBytes } = await packResponse(body);
    expect(storedBytes).toBe(parts.join('').length);
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts) expect(part.length).toBeLessThanOrEqual(MAX_ROW_BYTES);
    expect(await unpackResponse(parts)).toBe(JSON.stringify(body));
  });
});
