import { startTestApp, type TestApp } from '../../support/app/app';
import type { Json } from '../../support/clients/http-client';
import {
  createModel,
  createProvider,
  invalid,
  otherAccount,
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
    const stranger = await otherAccount(app);
    const theirs = await createProvider(stranger, { name: 'strangers own' });
    await createModel(stranger, theirs.id, { model: 'strangers-model', tags: ['strange'] });
  });
  afterAll(() => app.stop());

  const routes = async (selector: string, context = {}) =>
    routesOf(await resolve(app.api, { selector, context }));

  describe.each<[string, [string, string[]][]]>([
    [
      '`provider^model` is that model and no other, whatever its `when` says',
      [
        ['Main^claude-sonnet-4', ['Main^claude-sonnet-4']],
        ['Main^Claude-Haiku', ['Main^Claude-Haiku']],
        ['router 🚦^anthropic/claude:free', ['router 🚦^anthropic/claude:free']],
      ],
    ],
    [
      '`provider^` is its default, whatever its `when` says',
      [
        ['Main^', ['Main^claude-sonnet-4']],
        ['Straße^', ['Straße^ΣΊΣΥΦΟΣ']],
      ],
    ],
    [
      '`model` is every provider that offers it',
      [
        ['claude-sonnet-4', ['Main^claude-sonnet-4', 'router 🚦^claude-sonnet-4']],
        ['anthropic/claude:free', ['router 🚦^anthropic/claude:free']],
      ],
    ],
    [
      '`#tag` is every model that bears it, `provider^#tag` those of one provider',
      [
        ['#smart', ['Main^claude-sonnet-4', 'router 🚦^claude-sonnet-4']],
        ['router 🚦^#smart', ['router 🚦^claude-sonnet-4']],
        ['main^#eu', ['Main^claude-sonnet-4']],
        ['#Ａ', ['Straße^ΣΊΣΥΦΟΣ']],
      ],
    ],
    [
      'splits at the first `^`: a model may hold more',
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
      'finds a provider by any spelling of its name key',
      [
        ['MAIN^', ['Main^claude-sonnet-4']],
        ['ｍａｉｎ^', ['Main^claude-sonnet-4']],
        ['STRASSE^', ['Straße^ΣΊΣΥΦΟΣ']],
        ['STRAẞE^', ['Straße^ΣΊΣΥΦΟΣ']],
      ],
    ],
    [
      'finds a model whatever its case',
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

  it.each(['auto', ' Auto ', 'AUTO', '', '  \n', undefined])('%j follows the rules', async (selector) => {
    const answer = await resolve(app.api, { selector, context: { tier: 'pro' } });
    const expected = ['Straße^ΣΊΣΥΦΟΣ', 'Main^claude-sonnet-4', 'router 🚦^anthropic/claude:free'];
    expect(routesOf(answer)).toEqual(expected);
  });

  it('needs a `when` to hold for names and tags', async () => {
    expect(await routes('#fast', { tier: 'pro' })).toEqual(['Straße^ΣΊΣΥΦΟΣ']);
    expect(await routes('#fast', { tier: 'free' })).toEqual(['Main^Claude-Haiku']);
    expect(await routes('claude-haiku', { tier: 'free' })).toEqual(['Main^Claude-Haiku']);
    expect(problem(await resolve(app.api, { selector: 'claude-haiku' }))).toEqual(noRoute);
  });

  describe('a list', () => {
    it('is tried in order; whom a former one found does not come again', async () => {
      const selectors = ['nobody^', '#eu', 'no-such-model', 'router 🚦^x^y', 'claude-sonnet-4', '#smart'];
      expect(routesOf(await resolve(app.api, { selectors }))).toEqual([
        'Main^claude-sonnet-4',
        'router 🚦^x^y',
        'router 🚦^claude-sonnet-4',
      ]);
    });

    it('of one is that one', async () => {
      expect(routesOf(await resolve(app.api, { selectors: ['main^'] }))).toEqual(['Main^claude-sonnet-4']);
    });

    it('in which none is found is 404, with all of them', async () => {
      const answer = await resolve(app.api, { selectors: ['nobody^x', 'no-such-model', '#none'] });
      expect(problem(answer)).toEqual(noRoute);
      for (const text of ['"nobody^x"', '"no-such-model"', '"#none"']) {
        expect(answer.body.detail).toContain(text);
      }
      expect(answer.body.considered.map(({ selector }: Json) => selector)).toEqual([
        'nobody^x',
        'no-such-model',
        '#none',
      ]);
    });

    it('of 32 in which none is found is still a short answer', async () => {
      const selectors = Array.from({ length: 32 }, (_, index) => `${'x'.repeat(500)}${index}`);
      const answer = await resolve(app.api, { selectors });
      expect(problem(answer)).toEqual(noRoute);
      expect(answer.body.considered.length).toBeLessThanOrEqual(50);
      expect(answer.text.length).toBeLessThan(16_000);
    });

    it('is refused where one cannot be read, though an earlier one is found', async () => {
      const answer = await resolve(app.api, { selectors: ['main^', '#', '^x'] });
      expect(problem(answer)).toEqual(invalid('/selectors/1'));
    });
  });

  describe('is 422', () => {
    it.each<[string, Json, string]>([
      ['both selector and selectors', { selector: 'main^', selectors: ['main^'] }, '/selectors'],
      ['no list', { selectors: 'main^' }, '/selectors'],
      ['an empty list', { selectors: [] }, '/selectors'],
      ['33 selectors', { selectors: Array(33).fill('main^') }, '/selectors'],
      ['a list with a number', { selectors: ['main^', 5] }, '/selectors'],
      ['null for a list', { selectors: null }, '/selectors'],
      ['a number', { selector: 5 }, '/selector'],
      ['null', { selector: null }, '/selector'],
      ['a context that is text', { context: 'pro' }, '/context'],
      ['a context that is a list', { context: [{}] }, '/context'],
      ['null for a context', { context: null }, '/context'],
      ['explain in words', { explain: 'yes' }, '/explain'],
      ['less than no fallbacks', { max_fallbacks: -1 }, '/max_fallbacks'],
      ['half a fallback', { max_fallbacks: 0.5 }, '/max_fallbacks'],
      ['an unknown field', { metadata: {} }, '/metadata'],
    ])('for %s', async (_what, body, pointer) => {
      expect(problem(await resolve(app.api, body))).toEqual(invalid(pointer));
    });

    it.each(['#', 'main^#', ' # ', '^model', '^', ' ^ ', 'ma\u0007in^m', 'main^m\u0000', 'm'.repeat(513)])(
      'for %.20j, with the format and the providers there are',
      async (selector) => {
        const answer = await resolve(app.api, { selector });
        expect(problem(answer)).toEqual(invalid('/selector'));
        const [{ detail }] = answer.body.errors;
        for (const form of ['"provider^model"', '"provider^"', '"#tag"', '"auto"']) {
          expect(detail).toContain(form);
        }
        expect(detail).toContain('The providers are "Main", "Straße", "empty", "router 🚦".');
      },
    );
  });

  it('reads a selector of 512 characters, which finds nothing', async () => {
    expect(problem(await resolve(app.api, { selector: '😀'.repeat(512) }))).toEqual(noRoute);
  });

  describe('that finds nothing is 404 and helps', () => {
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
    ])('%s', async (selector, told) => {
      const answer = await resolve(app.api, { selector });
      expect(problem(answer)).toEqual(noRoute);
      for (const text of told) expect(answer.body.detail).toContain(text);
      expect(answer.text).not.toMatch(/strangers own"[,.]|strangers-model/);
    });
  });
});
