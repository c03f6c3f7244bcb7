import { modelRow, providerRow, selectorOf, tableOf } from '../fixtures/registry-rows';
import { resolve } from '../resolve';
import { explain } from './explain';

const main = providerRow('main');
const broken = providerRow('broken', { usable: false });

function explained(table: ReturnType<typeof tableOf>, texts: string[], context = {}, limit?: number) {
  const selectors = texts.map(selectorOf);
  return explain(table, selectors, resolve(table, selectors, context), limit);
}

describe('explain', () => {
  const table = tableOf(
    main,
    broken,
    modelRow(main, 'gpt', { priority: 1, tags: ['t'], when: { tier: 'pro' } }),
    modelRow(main, 'gpt-mini', { tags: ['t'] }),
    modelRow(main, 'other', { tags: ['t'], priority: -1 }),
    modelRow(main, 'corrupt', { tags: ['t'], whenText: '{' }),
    modelRow(broken, 'gpt', { tags: ['t'], priority: 2, isDefault: true }),
  );

  it('lists the candidates in their order, then the excluded models, each with its reason', () => {
    expect(explained(table, ['#t'], { tier: 'free' })).toEqual({
      considered: [
        {
          selector: 'main^gpt-mini',
          outcome: 'selected',
          reason: 'no rule; ranked before main^other: priority 0 over -1',
        },
        { selector: 'main^other', outcome: 'fallback', reason: 'no rule' },
        {
          selector: 'broken^gpt',
          outcome: 'excluded',
          reason: 'secret_undecryptable: the API key of its provider cannot be decrypted',
        },
        { selector: 'main^gpt', outcome: 'excluded', reason: 'when: /tier expected "pro", got "free"' },
        {
          selector: 'main^corrupt',
          outcome: 'excluded',
          reason: 'when: the stored rule is corrupt; save it again',
        },
      ],
      isTruncated: false,
    });
  });

  it('lists a model once, with its final outcome', () => {
    const { considered } = explained(table, ['gpt', 'main^gpt', '#t'], { tier: 'free' });
    expect(considered.map(({ selector, outcome }) => `${selector} ${outcome}`)).toEqual([
      'main^gpt selected',
      'main^gpt-mini fallback',
      'main^other fallback',
      'broken^gpt excluded',
      'main^corrupt excluded',
    ]);
  });

  it('considers models with a rule and default models for auto', () => {
    expect(explained(table, ['auto']).considered.map(({ selector }) => selector)).toEqual([
      'broken^gpt',
      'main^gpt',
      'main^corrupt',
    ]);
  });

  it.each([
    ['none^gpt', 'there is no provider "none"; the providers are "broken", "main"'],
    ['none^#t', 'there is no provider "none"; the providers are "broken", "main"'],
    ['main^', 'the provider has no default model'],
    ['main^gpt-m', 'the provider has no model "gpt-m"; the nearest are "gpt", "gpt-mini"'],
    ['main^xyz', 'the provider has no model "xyz"; the models are "corrupt", "gpt", "gpt-mini", "other"'],
    ['GPT-x', 'no provider has a model "GPT-x"; the nearest are "gpt", "gpt-mini"'],
    [
      'main/gpt-mini',
      'no provider has a model "main/gpt-mini"; "^" separates the provider from the model, so write "main^gpt-mini"',
    ],
    [
      'MAIN:GPT',
      'no provider has a model "MAIN:GPT"; "^" separates the provider from the model, so write "main^gpt"',
    ],
    [
      'openai/gpt',
      'no provider has a model "openai/gpt"; "^" separates the provider from the model, so write "broken^gpt", "main^gpt"',
    ],
    [
      'main/gpt-m',
      'no provider has a model "main/gpt-m"; "^" separates the provider from the model, as in "main^model"; the nearest are "gpt", "gpt-mini"',
    ],
    ['Main', 'no provider has a model "Main"; for the default model of the provider, write "main^"'],
    ['none/other-x', 'no provider has a model "none/other-x"; the nearest are "other"'],
    ['#none', 'no model has the tag "none"'],
    ['broken^#none', 'no model of the provider has the tag "none"'],
  ])('explains that %s resolves to no model and names alternatives', (text, reason) => {
    expect(explained(table, [text]).considered).toEqual([{ selector: text, outcome: 'excluded', reason }]);
  });

  it('suggests aliases', () => {
    const aliased = tableOf(main, modelRow(main, 'claude-sonnet-4-0', { aliases: ['House-Sonnet'] }));
    const reasonFor = (text: string) => explained(aliased, [text]).considered[0]!.reason;
    expect(reasonFor('main^house')).toBe('the provider has no model "house"; the nearest are "House-Sonnet"');
    expect(reasonFor('house')).toBe('no provider has a model "house"; the nearest are "house-sonnet"');
    expect(reasonFor('main/house-sonnet')).toContain('so write "main^claude-sonnet-4-0"');
  });

  it('says that an alias or a disabled model or provider is the reason', () => {
    const off = providerRow('off', { enabled: false });
    const table = tableOf(
      main,
      off,
      modelRow(main, 'a', { aliases: ['x'] }),
      modelRow(main, 'b', { aliases: ['y'], enabled: false }),
      modelRow(off, 'a', { aliases: ['x'] }),
    );
    expect(explained(table, ['main^X', 'main^y', 'off^x']).considered).toEqual([
      { selector: 'main^a', outcome: 'selected', reason: 'named by provider and alias' },
      { selector: 'main^b', outcome: 'excluded', reason: 'enabled: the model is disabled' },
      { selector: 'off^a', outcome: 'excluded', reason: 'enabled: its provider is disabled' },
    ]);
    expect(
      explained(table, ['x']).considered.map(({ selector, outcome }) => `${selector} ${outcome}`),
    ).toEqual(['main^a selected', 'off^a excluded']);
  });

  it('explains unmatched selectors of an empty registry', () => {
    const reasons = (text: string) => explained(tableOf(), [text]).considered.map(({ reason }) => reason);
    expect(reasons('a^b')).toEqual(['there is no provider "a"; there are no providers yet']);
    expect(reasons('b')).toEqual(['no provider has a model "b"; there are no models yet']);
    expect(reasons('auto')).toEqual(['there is no model with a rule, and no default model without one']);
  });

  it.each([
    [{ tier: 'pro' }, 1],
    [{ tier: 'pro' }, 3],
    [{}, 2],
    [{}, 4],
  ])('truncates the list for context %j at the limit %d', (context, limit) => {
    const all = explained(table, ['#t'], context);
    const some = explained(table, ['#t'], context, limit);
    expect(some).toEqual({ considered: all.considered.slice(0, limit), isTruncated: true });
    expect(explained(table, ['#t'], context, 5)).toEqual(all);
  });

  it('lists the highest-ranked excluded models of two thousand', () => {
    const rows = Array.from({ length: 2000 }, (_, index) =>
      modelRow(main, `m${index}`, { when: { team: index }, priority: (index * 7919) % 2003 }),
    );
    const best = rows.toSorted((one, other) => other.priority - one.priority).slice(0, 3);
    expect(explained(tableOf(main, ...rows), ['auto'], {}, 3).considered).toEqual(
      best.map(({ model, whenText }) => ({
        selector: `main^${model}`,
        outcome: 'excluded',
        reason: `when: /team expected ${JSON.parse(whenText).team}, got nothing`,
      })),
    );
  });
});
