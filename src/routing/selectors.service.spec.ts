import type { Caller } from '../auth/caller';
import type { CursorService } from '../crypto/cursor.service';
import type { ModelCapabilities } from '../discovery/model-capabilities';
import type { Requester } from '../http/response/build-queue';
import { modelRow, NO_CHANGES, providerRow, tableOf } from './engine/fixtures/registry-rows';
import type { RoutingTableStore } from './routing-table-store';
import { SelectorsService } from './selectors.service';

/** More than one batch. */
const MODELS = 250;
const FULL_LIST = { limit: null, cursor: null };

describe('the full list of selectors', () => {
  const caller = { accountId: 'account', signal: new AbortController().signal } as Caller & Requester;
  const provider = providerRow('p');
  const models = Array.from({ length: MODELS }, (_, index) => modelRow(provider, `model-${index}`));

  function service() {
    const table = tableOf(provider, ...models);
    const capabilities = {
      version: 1,
      versionFor: () => capabilities.version,
      serialised: 0,
      find: () => ((capabilities.serialised += 1), {}),
    };
    const selectors = new SelectorsService(
      { current: () => Promise.resolve(table) } as unknown as RoutingTableStore,
      capabilities as unknown as ModelCapabilities,
      null as unknown as CursorService,
    );
    return { table, capabilities, list: () => selectors.list(caller, FULL_LIST, 0) };
  }

  it('is serialised once for concurrent and later requests', async () => {
    const { capabilities, list } = service();
    const [first, ...others] = await Promise.all([list(), list(), list(), list()]);
    expect(JSON.parse(String(first.body))).toHaveLength(MODELS);
    expect(new Set([first, ...others, await list()]).size).toBe(1);
    expect(capabilities.serialised).toBe(MODELS);
  });

  it('is serialised again after a change of the registry or of the capabilities', async () => {
    const { table, capabilities, list } = service();
    await list();
    capabilities.version += 1;
    await list();
    expect(capabilities.serialised).toBe(2 * MODELS);
    table.apply(2, { ...NO_CHANGES, removedModels: [models[0]!.id] });
    expect(JSON.parse(String((await list()).body))).toHaveLength(MODELS - 1);
  });

  it('is not shared with requests for an earlier revision', async () => {
    const { table, list } = service();
    const before = list();
    await new Promise(setImmediate);
    table.apply(2, { ...NO_CHANGES, removedModels: [models[0]!.id] });
    expect(JSON.parse(String((await list()).body))).toHaveLength(MODELS - 1);
    await before;
  });
});
