import { CatalogueIndex } from './catalogue-index';
import { listNames, listProviders } from './fixtures/providers';

const PROVIDERS = listProviders().map((provider) => {
  const names = provider.models.flatMap(({ id, match }) => [id, ...listNames(match)]);
  return {
    provider,
    index: new CatalogueIndex(provider),
    names: new Set(names.map((name) => name.toLowerCase())),
  };
});

/** What vendors put behind a name to name another model. */
const OTHER_MODELS = [
  '-mini',
  '-fast',
  '-thinking',
  '-v9',
  '-pro',
  '-lite',
  '-max',
  '-turbo',
  '-preview',
  '-exp',
  '-high',
  '-5',
  '.5',
  '-12',
  '-2501',
  '-001',
  '-002',
  ':free',
  ':thinking',
  ':1',
  '2',
  'x',
  '-experimental-x',
  '-20269901',
  '-2026-13-01',
  '@latest',
  '-latest-mini',
  '-20260601-mini',
  '[2m]',
  '-v1:0-mini',
];

const VERSIONS = ['-20260601', '-2026-06-01', '@20251001', '-latest', '[1m]', '-20260601[1m]'];

const indexOf = (id: string) => PROVIDERS.find(({ provider }) => provider.id === id)!.index;

describe('CatalogueIndex', () => {
  it('knows every provider of the catalogue', () => {
    expect(PROVIDERS.map(({ provider }) => provider.id)).toEqual(
      expect.arrayContaining([
        'anthropic',
        'aws',
        'azure',
        'deepseek',
        'google',
        'openai',
        'openrouter',
        'x-ai',
      ]),
    );
    expect(PROVIDERS.length).toBeGreaterThan(30);
  });

  it.each(PROVIDERS.map(({ provider, ...rest }) => [provider.id, rest] as const))(
    'has no entry for an invented name of %s',
    (_id, { index, names }) => {
      const invented = [...names]
        .flatMap((name) => [...OTHER_MODELS.map((end) => name + end), `my-${name}`, `eu.${name}`])
        .filter((name) => !names.has(name));
      const found = invented.filter((name) => index.find(name) !== null && !isNamed(name, names));
      expect(found).toEqual([]);
    },
  );

  it.each(PROVIDERS.map(({ provider, index }) => [provider.id, provider, index] as const))(
    'finds the complete names of %s, and their versions',
    (_id, provider, index) => {
      for (const { match } of provider.models) {
        for (const name of completeNames(match)) {
          expect(index.find(name)).not.toBeNull();
          expect(index.find(name.toUpperCase())).toBe(index.find(name));
        }
      }
    },
  );

  it.each(VERSIONS)('finds a name with the version %s', (version) => {
    for (const [provider, name] of [
      ['anthropic', 'claude-opus-4-8'],
      ['anthropic', 'claude-opus-5'],
      ['openai', 'gpt-5'],
      ['deepseek', 'deepseek-chat'],
    ] as const) {
      expect(indexOf(provider).find(name + version)?.id).toBe(name);
    }
  });

  it.each([
    ['anthropic', 'claude-sonnet-5-5'],
    ['anthropic', 'claude-sonnet-4-5-mini'],
    ['anthropic', 'claude-haiku-4-5-fast'],
    ['anthropic', 'claude-opus-4-8-thinking'],
    ['deepseek', 'deepseek-chat-v9'],
    ['deepseek', 'deepseek-v4-pro-max'],
    ['google', 'gemini-2.5-pro-experimental-x'],
    ['google', 'my-claude-opus-4-8'],
    ['aws', 'eu.amazon.nova-lite-v1:0'],
    ['aws', 'anthropic.claude-opus-4-5-20251101-v2:0'],
    ['openai', 'ft:gpt-4o-2024-08-06:free'],
    // A number at the end names another model: davinci-002 costs a tenth of davinci.
    ['openai', 'davinci-002'],
    ['openai', 'babbage-002'],
    ['openai', 'text-embedding-ada-001'],
    ['openai', 'gpt-4-001'],
    ['openai', 'ft:davinci-002:acme::abc123'],
    ['anthropic', 'claude-opus-4-8-001'],
    ['google', 'publishers/anthropic/models/claude-sonnet-4-5-001'],
    ['google', 'gemini-embedding-002'],
    ['deepseek', 'deepseek-chat-002'],
    ['openrouter', 'openai/gpt-4o-001'],
    ['openrouter', 'openai/gpt-4o:free'],
  ])('has no entry at %s for %s', (provider, name) => {
    expect(indexOf(provider).find(name)).toBeNull();
  });

  it.each([
    ['google', 'models/gemini-2.5-pro', 'gemini-2.5-pro'],
    ['google', 'google/gemini-2.5-pro', 'gemini-2.5-pro'],
    ['google', 'publishers/anthropic/models/claude-sonnet-4-5@20250929', 'claude-sonnet-4-5'],
    ['google', 'gemini-2.0-flash-001', 'gemini-2.0-flash'],
    ['google', 'models/gemini-2.5-pro-002', 'gemini-2.5-pro'],
    ['google', 'gemini-embedding-001', 'gemini-embedding-001'],
    ['openrouter', 'google/gemini-2.5-pro-001', 'google/gemini-2.5-pro'],
    ['aws', 'us.anthropic.claude-opus-4-5-20251101-v1:0', 'regional.anthropic.claude-opus-4-5-v1:0'],
    ['aws', 'global.anthropic.claude-opus-4-5-20251101-v1:0', 'global.anthropic.claude-opus-4-5-v1:0'],
    ['aws', 'anthropic.claude-3-5-haiku-20241022-v1:0', 'regional.anthropic.claude-3-5-haiku-20241022-v1:0'],
    ['aws', 'us.amazon.nova-lite-v1:0', 'amazon.nova-lite-v1:0'],
    ['openai', 'gpt-4o-2024-05-13', 'gpt-4o-2024-05-13'],
    ['openai', 'ft:gpt-4o-2024-08-06:acme:support:abc123', 'ft:gpt-4o'],
    ['cursor', 'composer-2.5[fast=true]', 'composer-2.5-fast'],
    ['anthropic', 'claude-sonnet-4-20250514', 'claude-sonnet-4-0'],
  ])('finds at %s the entry of %s', (provider, name, id) => {
    expect(indexOf(provider).find(name)?.id).toBe(id);
  });
});

function completeNames(match: Parameters<typeof listNames>[0]): string[] {
  if ('or' in match) return match.or.flatMap(completeNames);
  return 'equals' in match ? [match.equals] : [];
}

/** Whether an invented name is one with another publisher or version. */
function isNamed(name: string, names: ReadonlySet<string>): boolean {
  const version = /(-latest|[-@]20\d{6}|-20\d{2}-\d{2}-\d{2}|(?<=gemini-.+)-\d{3}|\[1m\])$/;
  return names.has(name.replace(version, '')) || names.has(name.replace('anthropic/', ''));
}
