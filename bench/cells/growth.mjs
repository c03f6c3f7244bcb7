import { measureLoad, measureRounds } from '../measure.mjs';
import { withPrograms } from '../program.mjs';
import { growthRows } from '../growth.mjs';
import { startService } from '../service.mjs';
import { listTargets } from './list.mjs';
import { RegistryWriter } from './registry-writer.mjs';
import { createTargets } from './resolve.mjs';

export const SIZES = [10, 100, 1000];
const CONNECTIONS = 8;
/** A provider that the smallest registry also has. */
const PROVIDER = 7;
const LOADED = ['resolve selector', 'resolve auto-3', 'list warm', 'list unchanged'];
/** Requests of one caller, each after a change. */
const REPEATED = ['list cold', 'one model changed'];

/** Measures resolving and listing with 10, 100 and 1,000 providers of 20 models. */
export function measureGrowth(bench) {
  return withPrograms(async (running) => {
    const bySize = {};
    for (const size of SIZES) {
      const registry = await bench.registries.get('mariadb', size);
      const service = await running(startService(registry));
      const { targets: resolve } = await createTargets(service, registry.token, PROVIDER);
      const list = await listTargets(service, registry);
      const writer = new RegistryWriter(registry);
      const window = (logged) => writer.window(service, list.request, bench.options, { logged });
      bySize[size] = {
        'resolve selector': resolve.selector,
        'resolve auto-3': resolve['auto-3'],
        'list warm': list.targets.warm,
        'list unchanged': list.targets.unchanged,
        'list cold': () => window(false),
        'one model changed': () => window(true),
      };
    }
    const atAllSizes = (jobs) =>
      Object.fromEntries(jobs.flatMap((job) => SIZES.map((size) => [`${job} ${size}`, bySize[size][job]])));
    const samples = {
      ...(await measureLoad(bench, atAllSizes(LOADED), CONNECTIONS)),
      ...(await measureRounds(atAllSizes(REPEATED), bench.options.rounds)),
    };
    const of = (job) => SIZES.map((size) => samples[`${job} ${size}`]);
    return {
      title: `Growth of resolve and list, MariaDB (${CONNECTIONS} connections; one caller for the last two)`,
      growth: {
        unit: 'providers',
        sizes: SIZES,
        rows: [...LOADED, ...REPEATED].flatMap((job) => growthRows(job, SIZES, of(job))),
      },
      notes: [
        'An exponent of 0 is constant, 1 is linear in the size of the registry. The list is as long as the registry.',
      ],
      samples,
    };
  });
}
