import { findTailUsage } from './response-tail';

const usage = { prompt_tokens: 3, details: { cached: 1 } };

describe('findTailUsage', () => {
  it.each([
    ['as the last member', `1,2]}],"model":"m","usage":${JSON.stringify(usage)}}`, usage],
    ['before other members', `1,2]}],"usage":${JSON.stringify(usage)},"x":[{"y":"}"}]}\n`, usage],
    ['after a text that quotes it', `"a \\"usage\\":{}"}],"usage":${JSON.stringify(usage)}}`, usage],
    ['before a text that is the same word', `[1],"usage":${JSON.stringify(usage)},"x":"usage"}`, usage],
    ['not in a nested object', `[{"usage":{"prompt_tokens":9}}],"model":"m"}`, null],
    ['not if it is no object', `[1],"usage":null}`, null],
    ['not if it is absent', `[1],"model":"m"}`, null],
    ['not in a truncated body', `[1],"usage":{"prompt_tokens":3}`, null],
  ])('finds the usage %s', (_name, tail, expected) => {
    expect(findTailUsage(Buffer.from(tail))).toEqual(expected);
  });
});
