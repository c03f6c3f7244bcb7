import { toRouteResponse } from './dto/route.response.dto';
import { modelRow, NO_CHANGES, providerRow, selectorOf, tableOf } from './engine/fixtures/registry-rows';
import type { Candidate } from './engine/model/candidate';
import type { RegistryChanges } from './engine/model/routed-registry';
import { resolve } from './engine/resolve';
import { RouteJsonCache } from './route-json-cache';

describe('RouteJsonCache', () => {
  const provider = providerRow('main', { advancedText: '{"temperature":1}' });
  const model = modelRow(provider, 'm', { multiplier: 2 });
  const other = modelRow(provider, 'other');
  const table = tableOf(provider, model, other);
  const cache = new RouteJsonCache();
  const choice = (): Candidate => resolve(table, [selectorOf('main^m')], {}).selected!;
  const parsed = () => JSON.parse(cache.jsonFor(choice()).text) as unknown;
  let revision = 1;

  function change(changes: Partial<RegistryChanges>): void {
    revision += 1;
    table.apply(revision, { ...NO_CHANGES, ...changes });
  }

  it('returns the JSON of the route, uncached and cached', () => {
    for (let turn = 0; turn < 2; turn++) expect(parsed()).toEqual(toRouteResponse(choice()));
    const { text, bytes } = cache.jsonFor(choice());
    expect(bytes).toBe(Buffer.byteLength(text));
    expect(parsed()).toMatchObject({ selector: 'main^m', multiplier: 2, advanced_json: { temperature: 1 } });
  });

  it('masks secrets that an older version stored in plain text', () => {
    const advancedText = JSON.stringify({
      extra_headers: { 'X-JWT': 'plain' },
      extra_query: { accessToken: 'plain' },
    });
    const leaky = providerRow('leaky', { advancedText });
    const leakyModel = modelRow(leaky, 'm', { advancedText: '{"nested":{"api_key":"plain"}}' });
    const { selected } = resolve(tableOf(leaky, leakyModel), [selectorOf('leaky^m')], {});
    expect(JSON.parse(cache.jsonFor(selected!).text)).toMatchObject({
      advanced_json: {
        extra_headers: { 'X-JWT': '***' },
        extra_query: { accessToken: '***' },
        nested: { api_key: '***' },
      },
    });
  });

  it('returns new JSON after the model or provider changed', () => {
    parsed();
    change({ models: [{ ...model, multiplier: 3 }] });
    expect(parsed()).toMatchObject({ multiplier: 3 });
    change({ providers: [{ ...provider, name: 'Main', advancedText: '{"temperature":2}' }] });
    expect(parsed()).toMatchObject({ selector: 'Main^m', multiplier: 3, advanced_json: { temperature: 2 } });
    change({ models: [{ ...model, learnedProtocol: 'openai_chat_completions' }] });
    expect(parsed()).toMatchObject({ protocol: 'openai_chat_completions', multiplier: 2 });
  });

  it('serialises a route once while it does not change', () => {
    const first = choice();
    const write = jest.spyOn(JSON, 'stringify');
    cache.jsonFor(first);
    write.mockClear();
    change({ models: [{ ...other, priority: 5 }] });
    cache.jsonFor(choice());
    expect(write).not.toHaveBeenCalled();
    write.mockRestore();
  });
});
