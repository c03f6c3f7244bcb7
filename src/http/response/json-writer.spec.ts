import { etagOfText } from './etag';
import { JsonArrayWriter } from './json-writer';

describe('JsonArrayWriter', () => {
  it.each([0, 1, 3, 5000])('encodes %i items as JSON.stringify does, with the same ETag', (count) => {
    const items = Array.from({ length: count }, (_, id) => ({ id, name: `é😀 ${'x'.repeat(id % 300)}` }));
    const writer = new JsonArrayWriter();
    for (const item of items) writer.add(JSON.stringify(item));
    const { body, etag } = writer.end();
    expect(body.toString()).toBe(JSON.stringify(items));
    expect(etag).toBe(etagOfText(JSON.stringify(items)));
  });

  it('adds an item that comes in pieces', () => {
    const writer = new JsonArrayWriter();
    writer.add('1');
    writer.add('{"a":', '2', '}');
    expect(writer.end().body.toString()).toBe('[1,{"a":2}]');
  });

  it('shares the bytes of equal large bodies', () => {
    const encode = (text: string) => {
      const writer = new JsonArrayWriter();
      writer.add(JSON.stringify(text));
      return writer.end().body;
    };
    const large = 'x'.repeat(100_000);
    expect(encode(large)).toBe(encode(large));
    expect(encode(large)).not.toEqual(encode(`${large}y`));
  });
});
