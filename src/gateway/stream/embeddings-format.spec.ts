import fc from 'fast-check';
import { type EncodingFormat, formatEmbeddings } from './embeddings-format';

const VECTORS = [
  [0.5, -1, 0.005729319527745247],
  [3, 0, -2.5],
];

function base64(vector: readonly number[]): string {
  return Buffer.from(new Float32Array(vector).buffer).toString('base64');
}

function response(embeddings: readonly unknown[], space?: number): Buffer {
  const data = embeddings.map((embedding, index) => ({ object: 'embedding', embedding, index }));
  return Buffer.from(
    JSON.stringify({ object: 'list', data, model: 'm', usage: { prompt_tokens: 2 } }, null, space),
  );
}

function convert(bytes: Buffer, format: EncodingFormat): string {
  const formatted = formatEmbeddings(bytes, format);
  if (formatted.kind !== 'converted') throw new Error(formatted.kind);
  return Buffer.concat([...formatted.body]).toString();
}

describe('formatEmbeddings', () => {
  it.each([undefined, 2])('encodes numbers as base64 and back, with indentation %s', (space) => {
    const floats = response(VECTORS, space);
    const text = response(VECTORS.map(base64), space);
    expect(convert(floats, 'base64')).toBe(text.toString());
    expect(JSON.parse(convert(text, 'float'))).toEqual(JSON.parse(floats.toString()));
  });

  it('keeps every other byte', () => {
    const floats = response(VECTORS).toString().replace('"m"', '"m","x":1.50e1');
    const expected = VECTORS.reduce(
      (text, vector) => text.replace(JSON.stringify(vector), `"${base64(vector)}"`),
      floats,
    );
    expect(convert(Buffer.from(floats), 'base64')).toBe(expected);
  });

  it('converts any vectors of 32-bit floats without loss', () => {
    const float = fc.float({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0));
    fc.assert(
      fc.property(fc.array(fc.array(float), { minLength: 1 }), (vectors) => {
        const text = convert(response(vectors), 'base64');
        expect(text).toBe(response(vectors.map(base64)).toString());
        expect(convert(Buffer.from(text), 'float')).toBe(response(vectors).toString());
      }),
    );
  });

  it('does not look beyond the first vector that has the format', () => {
    expect(formatEmbeddings(response([VECTORS[0], 'x']), 'float')).toEqual({ kind: 'same' });
    expect(formatEmbeddings(response([base64(VECTORS[0]!), [1]]), 'base64')).toEqual({ kind: 'same' });
  });

  it('keeps later vectors that have the format', () => {
    const mixed = response([VECTORS[0], base64(VECTORS[1]!)]);
    expect(convert(mixed, 'base64')).toBe(response(VECTORS.map(base64)).toString());
  });

  it.each(['float', 'base64'] as const)('reports a response without vectors for %s', (format) => {
    expect(formatEmbeddings(response([]), format)).toEqual({ kind: 'empty' });
  });

  it.each([
    ['no JSON', Buffer.from('<html>')],
    ['no list', Buffer.from('{"data":{}}')],
    ['no data', Buffer.from('{"object":"list"}')],
    ['a list that does not end', Buffer.from('{"data":[{"embedding":[1]}')],
    ['no vector', Buffer.from('{"data":[{}]}')],
    ['a vector of another type', response([null])],
    ['text in numbers', response([[1, '2']])],
    ['a second vector of another type', response([[1], null])],
    ['a second entry without a vector', Buffer.from('{"data":[{"embedding":[1]},{}]}')],
    ['numbers that are not JSON', Buffer.from('{"data":[{"embedding":[1,,2]}]}')],
    ['too many vectors', response(Array<number[]>(60_000).fill([1]))],
    ['too many bytes', response([Array<number>(9_000_000).fill(1)])],
  ])('rejects %s', (_, bytes) => {
    expect(formatEmbeddings(bytes, 'base64')).toEqual({ kind: 'invalid' });
  });

  it.each([
    ['half a number', 'AAAAAAA='],
    ['NaN', base64([NaN])],
    ['infinity', base64([Infinity])],
  ])('rejects base64 with %s', (_, text) => {
    expect(formatEmbeddings(response([text]), 'float')).toEqual({ kind: 'invalid' });
  });
});
