import { randomBytes } from 'node:crypto';
import { RequestBody } from './request-body';

const parse = (value: unknown) => RequestBody.parse(Buffer.from(JSON.stringify(value)));

const picture = randomBytes(3_750_000).toString('base64');
const pdf = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(120_000)]).toString('base64');
const text = (bytes: number) => 'The quick brown fox. '.repeat(bytes / 21);

const message = (...content: unknown[]) => ({ model: 'm', messages: [{ role: 'user', content }] });

describe('RequestBody.estimate', () => {
  it('counts text by its bytes', () => {
    const body = parse(message({ type: 'text', text: text(7000) }));
    expect(body.estimate()).toEqual({
      inputTokens: Math.ceil(body.bytes.length / 3.5),
      textBytes: body.bytes.length,
      images: 0,
      pdfPages: 0,
    });
  });

  it('counts a picture of 5 MB as about 1600 tokens', () => {
    const source = { type: 'base64', media_type: 'image/png', data: picture };
    const { inputTokens, images } = parse(message({ type: 'image', source })).estimate();
    expect(images).toBe(1);
    expect(inputTokens).toBeGreaterThan(1600);
    expect(inputTokens).toBeLessThan(1650);
  });

  it.each<[string, unknown, { images: number; pdfPages: number }]>([
    [
      'a picture in chat completions',
      { type: 'image_url', image_url: { url: `data:image/png;base64,${picture}` } },
      { images: 1, pdfPages: 0 },
    ],
    [
      'a picture in responses',
      { type: 'input_image', image_url: `data:image/png;base64,${picture}` },
      { images: 1, pdfPages: 0 },
    ],
    [
      'a picture by its URL in chat completions',
      { type: 'image_url', image_url: { detail: 'low', url: 'https://example.com/a.png' } },
      { images: 1, pdfPages: 0 },
    ],
    [
      'a picture by its URL in responses',
      { type: 'input_image', image_url: 'https://example.com/a.png' },
      { images: 1, pdfPages: 0 },
    ],
    [
      'a picture by its URL in messages',
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
      { images: 1, pdfPages: 0 },
    ],
    [
      'a PDF in messages',
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: pdf } },
      { images: 0, pdfPages: 3 },
    ],
    [
      'a PDF in chat completions',
      { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf}` } },
      { images: 0, pdfPages: 3 },
    ],
    [
      'a URL in a search result',
      { type: 'web_search_result', url: 'https://example.com' },
      { images: 0, pdfPages: 0 },
    ],
    ['a word that is no type', { type: 'text', text: 'image' }, { images: 0, pdfPages: 0 }],
    ['a short text that looks like base64', { data: 'a'.repeat(4095) }, { images: 0, pdfPages: 0 }],
    ['base64 under another key', { content: picture }, { images: 0, pdfPages: 0 }],
    ['a long text under a key of blobs', { data: text(10_000) }, { images: 0, pdfPages: 0 }],
  ])('counts %s', (_name, part, expected) => {
    const { images, pdfPages } = parse(message(part)).estimate();
    expect({ images, pdfPages }).toEqual(expected);
  });

  it('reads types and blobs with any white space', () => {
    const body = RequestBody.parse(
      Buffer.from(`{"a":[{"type" \n : "image"},{"data"\t:\r\n"${picture}"}],"type":"image"}`),
    );
    expect(body.estimate()).toMatchObject({ images: 1, textBytes: body.bytes.length - picture.length });
    expect(body.content.imageParts).toBe(1);
  });

  it('reads base64 whose slashes are escaped', () => {
    const data = `${'AB\\/+'.repeat(2000)}==`;
    expect(RequestBody.parse(Buffer.from(`{"a":{"data":"${data}"}}`)).estimate().images).toBe(1);
  });
});
