import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/api-client';
import {
  createModel,
  createProvider,
  invalid,
  createOtherAccount,
  problem,
} from '../../support/registry/factories';
import { resolve, routesOf } from '../../support/registry/routing';

const noRoute = { status: 404, code: 'routing.no_route' };

describe('POST /v1/resolve', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
    const main = await createProvider(app.api, { name: 'Main', provider: 'anthropic' });
    await createModel(app.api, main.id, { model: 'claude-sonnet-4', tags: ['smart', 'eu'] });
    await createModel(app.api, main.id, { model: 'Claude-Haiku', tags: ['fast'], when: { tier: 'free' } });
    const street = await createProvider(app.api, { name: 'Straße' });
    await createModel(app.api, street.id, { model: 'ΣΊΣΥΦΟΣ', tags: ['fast', 'Ａ'], when: { tier: 'pro' } });
    const router = await createProvider(app.api, { name: 'router 🚦' });
    await createModel(app.api, router.id, { model: 'anthropic/claude:free' });
    await createModel(app.api, router.id, { model: 'claude-sonnet-4', tags: ['smart'] });
    await createModel(app.api, router.id, { model: 'x^y', priority: -1 });
    await createModel(app.api, router.id, { model: '^', priority: -2 });
    await createProvider(app.api, { name: 'empty' });
    const stranger = await createOtherAccount(app);
    const theirs = await createProvider(stranger, { name: 'strangers own' });
    await createModel(stranger, theirs.id, { model: 'strangers-model', tags: ['strange'] });
  });
  afterAll(() => app.stop());

  const routes = async (selector: string, context = {}) =>
    routesOf(await resolve(app.api, { selector, context }));

  describe.each<[string, [string, string[]][]]>([
    [
      'resolves `provider^model` to exactly that model, whatever its `when`',
      [
        ['Main^claude-sonnet-4', ['Main^claude-sonnet-4']],
        ['Main^Claude-Haiku', ['Main^Claude-Haiku']],
        ['router 🚦^anthropic/claude:free', ['router 🚦^anthropic/claude:free']],
      ],
    ],
    [
      'resolves `provider^` to its default, whatever its `when`',
      [
        ['Main^', ['Main^claude-sonnet-4']],
        ['Straße^', ['Straße^ΣΊΣΥΦΟΣ']],
      ],
    ],
    [
      'resolves `model` to every provider that offers it',
      [
        ['claude-sonnet-4', ['Main^claude-sonnet-4', 'router 🚦^claude-sonnet-4']],
        ['anthropic/claude:free', ['router 🚦^anthropic/claude:free']],
      ],
    ],
    [
      'resolves `#tag` to every model with the tag and `provider^#tag` to those of the provider',
      [
        ['#smart', ['Main^claude-sonnet-4', 'router 🚦^claude-sonnet-4']],
        ['router 🚦^#smart', ['router 🚦^claude-sonnet-4']],
        ['main^#eu', ['Main^claude-sonnet-4']],
        ['#Ａ', ['Straße^ΣΊΣΥΦΟΣ']],
      ],
    ],
    [
      'splits at the first `^`, so a model name may contain more',
      [
        ['router 🚦^x^y', ['router 🚦^x^y']],
        ['router 🚦^^', ['router 🚦^^']],
      ],
    ],
    [
      'trims both sides',
      [
        [' \tMain \n^  claude-sonnet-4\u00a0', ['Main^claude-sonnet-4']],
        ['  Main^  ', ['Main^claude-sonnet-4']],
        ['  anthropic/claude:free ', ['router 🚦^anthropic/claude:free']],
        [' #  eu ', ['Main^claude-sonnet-4']],
        ['Main ^ # eu', ['Main^claude-sonnet-4']],
      ],
    ],
    [
      'finds a provider by every spelling of its name key',
      [
        ['MAIN^', ['Main^claude-sonnet-4']],
        ['ｍａｉｎ^', ['Main^claude-sonnet-4']],
        ['STRASSE^', ['Straße^ΣΊΣΥΦΟΣ']],
        ['STRAẞE^', ['Straße^ΣΊΣΥΦΟΣ']],
      ],
    ],
    [
      'finds a model ignoring case',
      [
        ['main^CLAUDE-HAIKU', ['Main^Claude-Haiku']],
        ['straße^σίσυφος', ['Straße^ΣΊΣΥΦΟΣ']],
        ['CLAUDE-sonnet-4', ['Main^claude-sonnet-4', 'router 🚦^claude-sonnet-4']],
      ],
    ],
  ])('%s', (_promise, cases) => {
    it.each(cases)('%j', async (selector, expected) => {
      expect(await routes(selector, { tier: 'pro' })).toEqual(expected);
    });
  });

  it.each(['auto', ' Auto ', 'AUTO', '', '  \n', undefined])('resolves %j by the rules', async (selector) => {
    const response = await resolve(app.api, { selector, context: { tier: 'pro' } });
    const expected = ['Straße^ΣΊΣΥΦΟΣ', 'Main^claude-sonnet-4', 'router 🚦^anthropic/claude:free'];
    expect(routesOf(response)).toEqual(expected);
  });

  it('requires a matching `when` for names and tags', async () => {
    expect(await routes('#fast', { tier: 'pro' })).toEqual(['Straße^ΣΊΣΥΦΟΣ']);
    expect(await routes('#fast', { tier: 'free' })).toEqual(['Main^Claude-Haiku']);
    expect(await routes('claude-haiku', { tier: 'free' })).toEqual(['Main^Claude-Haiku']);
    expect(problem(await resolve(app.api, { selector: 'claude-haiku' }))).toEqual(noRoute);
  });

  describe('with a list', () => {
    it('resolves the selectors in order and returns each model once', async () => {
      const selectors = ['nobody^', '#eu', 'no-such-model', 'router 🚦^x^y', 'claude-sonnet-4', '#smart'];
      expect(routesOf(await resolve(app.api, { selectors }))).toEqual([
        'Main^claude-sonnet-4',
        'router 🚦^x^y',
        'router 🚦^claude-sonnet-4',
      ]);
    });

    it('resolves a single selector', async () => {
      expect(routesOf(await resolve(app.api, { selectors: ['main^'] }))).toEqual(['Main^claude-sonnet-4']);
    });

    it('returns 404 with every selector if none matches', async () => {
      const response = await resolve(app.api, { selectors: ['nobody^x', 'no-such-model', '#none'] });
      expect(problem(response)).toEqual(noRoute);
      for (const text of ['"nobody^x"', '"no-such-model"', '"#none"']) {
        expect(response.body.detail).toContain(text);
      }
      expect(response.body.considered.map(({ selector }: Json) => selector)).toEqual([
        'nobody^x',
        'no-such-model',
        '#none',
      ]);
    });

    it('returns a short 404 for 32 unmatched selectors', async () => {
      const selectors = Array.from({ length: 32 }, (_, index) => `${'x'.repeat(500)}${index}`);
      const response = await resolve(app.api, { selectors });
      expect(problem(response)).toEqual(noRoute);
      expect(response.body.considered.length).toBeLessThanOrEqual(50);
      expect(response.text.length).toBeLessThan(16_000);
    });

    it('returns 422 if one is invalid, even if an earlier one matches', async () => {
      const response = await resolve(app.api, { selectors: ['main^', '#', '^x'] });
      expect(problem(response)).toEqual(invalid('/selectors/1'));
    });
  });

  it('ignores an empty list of selectors beside a selector', async () => {
    const response = await resolve(app.api, { selector: 'main^', selectors: [] });
    expect(response.body).toEqual((await resolve(app.api, { selector: 'main^' })).body);
  });

  describe('returns 422', () => {
    it.each<[string, Json, string]>([
      ['both selector and selectors', { selector: 'main^', selectors: ['main^'] }, '/selectors'],
      ['text as selectors', { selectors: 'main^' }, '/selectors'],
      ['an empty list', { selectors: [] }, '/selectors'],
      ['33 selectors', { selectors: Array(33).fill('main^') }, '/selectors'],
      ['a list with a number', { selectors: ['main^', 5] }, '/selectors/1'],
      ['null as selectors', { selectors: null }, '/selectors'],
      ['a number as selector', { selector: 5 }, '/selector'],
      ['null as selector', { selector: null }, '/selector'],
      ['text as context', { context: 'pro' }, '/context'],
      ['a list as context', { context: [{}] }, '/context'],
      ['null as context', { context: null }, '/context'],
      ['text as explain', { explain: 'yes' }, '/explain'],
      ['negative max_fallbacks', { max_fallbacks: -1 }, '/max_fallbacks'],
      ['fractional max_fallbacks', { max_fallbacks: 0.5 }, '/max_fallbacks'],
      ['an unknown field', { metadata: {} }, '/metadata'],
    ])('for %s', async (_what, body, pointer) => {
      expect(problem(await resolve(app.api, body))).toEqual(invalid(pointer));
    });

    it.each(['#', 'main^#', ' # ', '^model', '^', ' ^ ', 'ma\u0007in^m', 'main^m\u0000', 'm'.repeat(1025)])(
      'for %.20j, with the format and the existing providers',
      async (selector) => {
        const response = await resolve(app.api, { selector });
        expect(problem(response)).toEqual(invalid('/selector'));
        const [{ detail }] = response.body.errors;
        for (const form of ['"provider^model"', '"provider^"', '"#tag"', '"auto"']) {
          expect(detail).toContain(form);
        }
        expect(detail).toContain('The providers are "Main", "Straße", "empty", "router 🚦".');
      },
    );
  });

  it('accepts a selector of 512 characters', async () => {
    expect(problem(await resolve(app.api, { selector: '😀'.repeat(512) }))).toEqual(noRoute);
  });

  describe('returns 404 with suggestions for', () => {
    it.each([
      ['nobody^model', ['there is no provider "nobody"', '"Main", "Straße", "empty", "router 🚦"']],
      ['nobody^#fast', ['there is no provider "nobody"', '"Main"']],
      ['x^y', ['there is no provider "x"']],
      ['empty^', ['"empty^"', 'no default model']],
      ['Main^claude-sonet', ['no model "claude-sonet"', 'nearest', '"claude-sonnet-4"']],
      ['claude-sonnet', ['no provider has a model', 'nearest', '"claude-sonnet-4"']],
      ['#Smart', ['no model has the tag "Smart"']],
      ['Straße^#smart', ['no model of the provider has the tag "smart"']],
      [
        'strangers own^',
        ['there is no provider "strangers own"; the providers are "Main", "Straße", "empty"'],
      ],
      ['strangers-mode', ['no provider has a model']],
    ])('%s', async (selector, texts) => {
      const response = await resolve(app.api, { selector });
      expect(problem(response)).toEqual(noRoute);
      for (const text of texts) expect(response.body.detail).toContain(text);
      expect(response.text).not.toMatch(/strangers own"[,.]|strangers-model/);
    });
  });
});
