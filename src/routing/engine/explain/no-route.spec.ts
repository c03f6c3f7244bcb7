import { modelRow, providerRow, selectorOf, tableOf } from '../fixtures/registry-rows';
import { resolve } from '../resolve';
import { type RoutingTable } from '../routing-table';
import { noRoute } from './no-route';

const main = providerRow('main');

function noRouteFor(table: RoutingTable, texts: readonly string[], context = {}) {
  const selectors = texts.map(selectorOf);
  return noRoute(table, selectors, resolve(table, selectors, context));
}

describe('noRoute', () => {
  it('returns 404 with the reason for every selector', () => {
    const broken = providerRow('broken', { usable: false });
    const table = tableOf(
      main,
      broken,
      modelRow(main, 'gpt', { when: { tier: 'pro' } }),
      modelRow(broken, 'gpt'),
    );
    const error = noRouteFor(table, ['gpt', 'broken^gpt', 'none^x'], { tier: 'free' });
    expect(error).toMatchObject({ kind: 'not_found', code: 'routing.no_route' });
    expect(error.detail).toBe(
      'No model can be chosen. ' +
        '"gpt": main^gpt (when: /tier expected "pro", got "free"); broken^gpt (secret_undecryptable: ' +
        'the API key of its provider cannot be decrypted). ' +
        '"broken^gpt": secret_undecryptable: the API key of its provider cannot be decrypted. ' +
        '"none^x": there is no provider "none"; the providers are "broken", "main".',
    );
  });

  it('returns a short detail for many models and selectors', () => {
    const rows = Array.from({ length: 100 }, (_, index) =>
      modelRow(main, `m${index}`, { when: { a: index } }),
    );
    const selectors = ['auto', ...Array.from({ length: 29 }, (_, index) => `m${index}`), 'auto'];
    const { detail } = noRouteFor(tableOf(main, ...rows), selectors);
    expect(detail).toContain('main^m4 (when: /a expected 4, got nothing); and others.');
    expect(detail).toMatch(/And 25 more selectors\.$/);
    expect(detail.length).toBeLessThan(2000);
  });
});
