import { modelRow, providerRow, selectorOf, tableOf } from './fixtures/registry-rows';
import { type RoutedModel, type RoutedProvider } from './model/routed-registry';
import { resolve } from './resolve';

type Rows = readonly (RoutedProvider | RoutedModel)[];

function selectorsFor(rows: Rows, selectors: string | readonly string[], context = {}): string[] {
  const texts = typeof selectors === 'string' ? [selectors] : selectors;
  return [...resolve(tableOf(...rows), texts.map(selectorOf), context)].map(({ selector }) => selector);
}

const NEVER = { never: 'true' };

describe('resolve', () => {
  const main = providerRow('Main');
  const spare = providerRow('spare');

  describe('provider^model', () => {
    const rows = [
      main,
      spare,
      modelRow(main, 'GPT', { when: NEVER }),
      modelRow(main, 'a^b'),
      modelRow(spare, 'gpt'),
    ];

    it.each([
      ['Main^GPT', 'Main^GPT'],
      ['main^gpt', 'Main^GPT'],
      ['ＭＡＩＮ^Gpt', 'Main^GPT'],
      ['spare^GPT', 'spare^gpt'],
      ['main^A^B', 'Main^a^b'],
    ])('resolves %s to exactly one model, whatever its rule', (text, only) => {
      expect(selectorsFor(rows, text)).toEqual([only]);
    });

    it.each(['none^gpt', 'main^none', 'main^a', 'main^auto', 'auto^gpt'])(
      'resolves %s to no model',
      (text) => {
        expect(selectorsFor(rows, text)).toEqual([]);
      },
    );

    it('ignores only the case of a model name', () => {
      expect(selectorsFor([main, modelRow(main, 'Straße')], 'Main^STRASSE')).toEqual(['Main^Straße']);
      expect(selectorsFor([main, modelRow(main, 'gpt')], 'Main^ｇｐｔ')).toEqual([]);
    });
  });

  describe('provider^', () => {
    it("resolves to the provider's default, whatever its rule and priority", () => {
      const rows = [
        main,
        modelRow(main, 'a', { priority: 9 }),
        modelRow(main, 'b', { isDefault: true, when: NEVER }),
      ];
      expect(selectorsFor(rows, 'main^')).toEqual(['Main^b']);
    });

    it('resolves to no model if the provider has none', () =>
      expect(selectorsFor([main], 'main^')).toEqual([]));
  });

  describe('a bare model', () => {
    it('resolves to every provider that offers it, ignoring case', () => {
      const rows = [main, spare, modelRow(main, 'GPT'), modelRow(main, 'gpt-2'), modelRow(spare, 'gpt')];
      expect(selectorsFor(rows, 'gPt').sort()).toEqual(['Main^GPT', 'spare^gpt']);
    });

    it('excludes a model whose rule does not match', () => {
      const rows = [
        main,
        spare,
        modelRow(main, 'gpt', { when: { tier: 'pro' } }),
        modelRow(spare, 'gpt', { when: { tier: 'free' } }),
      ];
      expect(selectorsFor(rows, 'gpt', { tier: 'free' })).toEqual(['spare^gpt']);
      expect(selectorsFor(rows, 'gpt', {})).toEqual([]);
    });

    it('ranks by priority, then by exact spelling', () => {
      const third = providerRow('third');
      const rows = [
        main,
        spare,
        third,
        modelRow(main, 'gpt', { when: { a: 1 }, isDefault: true }),
        modelRow(spare, 'GPT'),
        modelRow(third, 'gpt', { priority: 1 }),
      ];
      expect(selectorsFor(rows, 'GPT', { a: 1 })).toEqual(['third^gpt', 'spare^GPT', 'Main^gpt']);
      expect(selectorsFor(rows, 'gpt', { a: 1 })).toEqual(['third^gpt', 'Main^gpt', 'spare^GPT']);
    });

    it('does not find a model name that contains a caret', () => {
      expect(selectorsFor([main, modelRow(main, 'a^b')], 'a^b')).toEqual([]);
    });
  });

  describe('a tag', () => {
    const rows = [
      main,
      spare,
      modelRow(main, 'a', { tags: ['fast', 'cheap'] }),
      modelRow(main, 'b', { tags: ['Fast'] }),
      modelRow(spare, 'c', { tags: ['fast', 'fast'] }),
      modelRow(spare, 'd', { tags: ['fast'], when: NEVER }),
    ];

    it('resolves to every model with exactly that tag', () => {
      expect(selectorsFor(rows, '#fast')).toEqual(['Main^a', 'spare^c']);
      expect(selectorsFor(rows, '#Fast')).toEqual(['Main^b']);
      expect(selectorsFor(rows, '#none')).toEqual([]);
    });

    it('resolves within the provider if one is named', () => {
      expect(selectorsFor(rows, 'MAIN^#fast')).toEqual(['Main^a']);
      expect(selectorsFor(rows, 'none^#fast')).toEqual([]);
    });
  });

  describe('auto', () => {
    it('resolves to models whose rule matches, then to defaults without a rule', () => {
      const rows = [
        main,
        spare,
        modelRow(main, 'default', { isDefault: true, priority: 9 }),
        modelRow(main, 'ruled', { when: { a: 1 }, priority: -1 }),
        modelRow(main, 'other', { when: { a: 2 } }),
        modelRow(main, 'plain', { priority: 10 }),
        modelRow(spare, 'default', { isDefault: true, priority: 10, when: { a: 1 } }),
      ];
      expect(selectorsFor(rows, 'auto', { a: 1 })).toEqual(['spare^default', 'Main^ruled', 'Main^default']);
      expect(selectorsFor(rows, '', { a: 3 })).toEqual(['Main^default']);
    });
  });

  describe('order', () => {
    it('ranks higher priority first, before everything else', () => {
      const rows = [
        main,
        modelRow(main, 'low', { tags: ['t'], priority: -5, isDefault: true, when: { a: 1, b: 2 } }),
        modelRow(main, 'high', { tags: ['t'], priority: 2 ** 31 - 1 }),
        modelRow(main, 'lowest', { tags: ['t'], priority: -(2 ** 31) }),
      ];
      expect(selectorsFor(rows, '#t', { a: 1, b: 2 })).toEqual(['Main^high', 'Main^low', 'Main^lowest']);
    });

    it('ranks the rule with more leaf conditions next', () => {
      const rows = [
        main,
        modelRow(main, 'none', { tags: ['t'], isDefault: true }),
        modelRow(main, 'one', { tags: ['t'], when: { a: 1 } }),
        modelRow(main, 'three', {
          tags: ['t'],
          when: { $or: [{ a: 1 }, { a: 2 }, { a: 3 }] },
        }),
        modelRow(main, 'two', { tags: ['t'], when: { a: 1, b: { $gt: 1 } } }),
      ];
      expect(selectorsFor(rows, '#t', { a: 1, b: 2 })).toEqual([
        'Main^three',
        'Main^two',
        'Main^one',
        'Main^none',
      ]);
    });

    it("ranks the provider's default next, then the older model", () => {
      const rows = [
        main,
        modelRow(main, 'older', { tags: ['t'] }),
        modelRow(main, 'younger', { tags: ['t'] }),
        modelRow(main, 'default', { tags: ['t'], isDefault: true }),
      ];
      expect(selectorsFor(rows.toReversed(), '#t')).toEqual(['Main^default', 'Main^older', 'Main^younger']);
    });
  });

  describe('a list of selectors', () => {
    const rows = [
      main,
      spare,
      modelRow(main, 'a', { tags: ['t'], priority: 1 }),
      modelRow(spare, 'b', { tags: ['t'] }),
    ];

    it('is resolved in order, each model once', () => {
      expect(selectorsFor(rows, ['none', 'spare^b', '#t', 'a'])).toEqual(['spare^b', 'Main^a']);
    });

    it('resolves to no model if it is empty', () => expect(selectorsFor(rows, [])).toEqual([]));
  });

  it.each(['broken^a', 'broken^', 'a', '#t', 'broken^#t', 'auto'])(
    '%s never resolves to a model whose API key cannot be decrypted',
    (text) => {
      const broken = providerRow('broken', { usable: false });
      expect(selectorsFor([broken, modelRow(broken, 'a', { tags: ['t'], isDefault: true })], text)).toEqual(
        [],
      );
    },
  );

  it.each(['{', 'null', '{"a":{"$unknown":1}}'])(
    'resolves to a model with the corrupt rule %s only by name or default',
    (whenText) => {
      const rows = [main, modelRow(main, 'a', { tags: ['t'], isDefault: true, whenText })];
      expect(selectorsFor(rows, ['a', '#t', 'main^#t', 'auto'])).toEqual([]);
      expect(selectorsFor(rows, 'main^a')).toEqual(['Main^a']);
      expect(selectorsFor(rows, 'main^')).toEqual(['Main^a']);
    },
  );

  it('matches a scalar with an array that contains it', () => {
    const rows = [
      main,
      modelRow(main, 'a', { when: { groups: 'x' } }),
      modelRow(main, 'b', { when: { groups: 1 } }),
    ];
    expect(selectorsFor(rows, 'auto', { groups: ['y', 'x'] })).toEqual(['Main^a']);
    expect(selectorsFor(rows, 'auto', { groups: '1' })).toEqual([]);
    expect(selectorsFor(rows, 'auto', { groups: [['x']] })).toEqual([]);
  });

  it('does not confuse names with properties of prototypes', () => {
    const rows = [main, modelRow(main, 'constructor', { when: { constructor: 'x' }, tags: ['toString'] })];
    expect(selectorsFor(rows, ['constructor', '#valueOf', '__proto__', 'hasOwnProperty^x'])).toEqual([]);
    expect(selectorsFor(rows, '#toString', { constructor: 'x' })).toEqual(['Main^constructor']);
  });

  it('can be read by position, repeatedly and beyond its end', () => {
    const rows = [main, spare, modelRow(main, 'gpt', { priority: 1 }), modelRow(spare, 'gpt')];
    const resolution = resolve(tableOf(...rows), [selectorOf('gpt')], {});
    expect(resolution.at(1)?.selector).toBe('spare^gpt');
    expect(resolution.at(2)).toBeNull();
    expect(resolution.selected?.selector).toBe('Main^gpt');
    expect([...resolution]).toEqual([...resolution]);
  });
});
