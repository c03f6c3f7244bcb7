import fc from 'fast-check';
import { comparableBaseUrl, type ProviderKind } from './base-url';

const RUNS = { numRuns: 5000 };

interface Endpoint {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** Each segment is a list of characters and percent-encodings in upper case. */
  readonly segments: readonly (readonly string[])[];
}

/** Few values, so that two endpoints are often equal or differ in one part. */
const segment = fc.oneof(
  fc.constantFrom(['v', '1'], ['V', '1'], ['t', '-', 'a'], ['t', '~', 'a'], ['~']),
  fc.constantFrom(
    ['a', '%2F', 'b'],
    ['a', 'b'],
    ['a', '%', 'b'],
    ['!'],
    ['%21'],
    ['%C3', '%A9'],
    ['%00'],
    [],
  ),
);
const endpoint: fc.Arbitrary<Endpoint> = fc.record({
  scheme: fc.constantFrom('http', 'https'),
  host: fc.constantFrom('gw.example', 'gw2.example', '[2606:4700::1111]', '192.0.2.7'),
  port: fc.constantFrom(80, 443, 8443),
  segments: fc.array(segment, { maxLength: 3 }),
});
const kind = fc.constantFrom<ProviderKind>('openai', 'anthropic');

/** Choices of one spelling. */
const choices = fc.infiniteStream(fc.nat({ max: 5 }));

/** Writes an endpoint in one of its spellings. */
function spell({ scheme, host, port, segments }: Endpoint, stream: Iterator<number>): string {
  const next = (): number => stream.next().value as number;
  const anyCase = (text: string): string =>
    [...text].map((each) => (next() < 3 ? each.toLowerCase() : each.toUpperCase())).join('');
  const isDefault = port === (scheme === 'https' ? 443 : 80);
  const dot = /^[a-z]/.test(host) && next() === 0 ? '.' : '';
  const authority = `${anyCase(host)}${dot}${isDefault && next() < 3 ? '' : `:${port}`}`;
  const path = segments.map((each) => {
    const extra = next() === 0 ? ['/.', '/%2e', '/%2E', '/x/..', '/x/%2e.'][next() % 5]! : '';
    // Anthropic's client recognizes a version segment only as plain text.
    const isVersion = each.join('') === 'v1';
    return `${extra}/${each.map((part) => (isVersion ? part : spellCharacter(part, next))).join('')}`;
  });
  return `${anyCase(scheme)}://${authority}${path.join('')}${'/'.repeat(next() % 3)}`;
}

function spellCharacter(character: string, next: () => number): string {
  const hex = (code: string): string => `%${next() < 3 ? code.toLowerCase() : code.toUpperCase()}`;
  if (/^%../.test(character)) return hex(character.slice(1));
  const isUnreserved = /^[A-Za-z0-9~-]$/.test(character);
  return isUnreserved && next() === 0 ? hex(character.charCodeAt(0).toString(16)) : character;
}

/** The parts that decide where a call goes, computed without URL parsing. */
function essence(kindOf: ProviderKind, { scheme, host, port, segments }: Endpoint): string {
  const path = segments.map((each) => each.join(''));
  while (path.at(-1) === '') path.pop();
  if (kindOf === 'openai' && path.length === 0) path.push('v1');
  if (kindOf === 'anthropic' && path.at(-1) !== 'v1') path.push('v1');
  return JSON.stringify([scheme, host, port, path]);
}

describe('comparableBaseUrl', () => {
  it('is the same for all spellings of one effective URL', () => {
    fc.assert(
      fc.property(kind, endpoint, choices, choices, (kindOf, one, first, second) => {
        expect(comparableBaseUrl(kindOf, spell(one, first))).toBe(
          comparableBaseUrl(kindOf, spell(one, second)),
        );
      }),
      RUNS,
    );
  });

  it('differs for two effective URLs in any spelling', () => {
    fc.assert(
      fc.property(kind, endpoint, endpoint, choices, choices, (kindOf, one, other, first, second) => {
        const isSame =
          comparableBaseUrl(kindOf, spell(one, first)) === comparableBaseUrl(kindOf, spell(other, second));
        expect(isSame).toBe(essence(kindOf, one) === essence(kindOf, other));
      }),
      RUNS,
    );
  });

  it.each<[ProviderKind, string | null, string]>([
    ['openai', null, 'https://api.openai.com/v1'],
    ['openai', null, 'https://API.openai.com:443'],
    ['anthropic', null, 'https://api.anthropic.com/v1/'],
    ['anthropic', 'https://gw.example/%76%31', 'https://gw.example/v1/v1'],
    ['openai', 'https://gw.example/%c3%a9', 'https://gw.example/é'],
    ['openai', 'http://127.1/x', 'http://2130706433:80/x//'],
  ])('is the same for %s at %s and at %s', (kindOf, one, other) => {
    expect(comparableBaseUrl(kindOf, one)).toBe(comparableBaseUrl(kindOf, other));
  });

  it.each<[ProviderKind, string, string]>([
    ['openai', 'https://gw.example/a/b', 'https://gw.example/a//b'],
    ['openai', 'https://gw.example/a/b', 'https://gw.example//a/b'],
    ['openai', 'https://gw.example/a%2Fb', 'https://gw.example/a/b'],
    ['openai', 'https://gw.example/a%252Fb', 'https://gw.example/a%2Fb'],
    ['openai', 'https://gw.example/%2541', 'https://gw.example/%41'],
    ['openai', 'https://gw.example/A', 'https://gw.example/a'],
    ['openai', 'https://gw.example/a;x', 'https://gw.example/a%3Bx'],
    ['openai', 'https://gw.example/v1', 'https://gw.example/V1'],
    ['anthropic', 'https://gw.example/a/v1/v1', 'https://gw.example/a/v1'],
  ])('differs for %s at %s and at %s', (kindOf, one, other) => {
    expect(comparableBaseUrl(kindOf, one)).not.toBe(comparableBaseUrl(kindOf, other));
  });
});
