import { measureLoad, measureRounds } from '../measure.mjs';
import { withPrograms } from '../program.mjs';
import { growthRows } from '../growth.mjs';
import { startService } from '../service.mjs';
import { listTargets } from './list.mjs';
import { RegistryWriter } from './registry-writer.mjs';
import { askOurs } from './resolve.mjs';

export const SIZES = [10, 100, 1000];
const CONNECTIONS = 8;
/** In the smallest registry as well. */
const PROVIDER = 7;
const JOBS = [
  'resolve selector',
  'resolve auto-3',
  'list warm',
  'list unchanged',
  'list cold',
  'one model changed',
];

/** What resolving and listing cost with 10, 100 and 1 000 providers of 20 models each. */
export function measureGrowth(bench) {
  return withPrograms(async (running) => {
    const targets = {};
    const windows = {};
    for (const size of SIZES) {
      const registry = await bench.registries.get('mariadb', size);
      const service = await running(startService(registry));
      const { targets: resolve } = await askOurs(service, registry.token, PROVIDER);
      const list = await listTargets(service, registry);
      const writer = new RegistryWriter(registry);
      targets[`resolve selector ${size}`] = resolve.selector;
      targets[`resolve auto-3 ${size}`] = resolve['auto-3'];
      targets[`list warm ${size}`] = list.targets.warm;
      targets[`list unchanged ${size}`] = list.targets.unchanged;
      const window = (logged) => writer.window(service, list.request, bench.options, { logged });
      windows[`list cold ${size}`] = () => window(false);
      windows[`one model changed ${size}`] = () => window(true);
    }
    const samples = {
      ...(await measureLoad(bench, targets, CONNECTIONS)),
      ...(await measureRounds(windows, bench.options.rounds)),
    };
    const of = (job) => SIZES.map((size) => samples[`${job} ${size}`]);
    return {
      title: `Growth of resolve and list, MariaDB (${CONNECTIONS} connections; one caller for the last two)`,
      growth: {
        unit: 'providers',
        sizes: SIZES,
        rows: JOBS.flatMap((job) => growthRows(job, SIZES, of(job))),
      },
      notes: ['0 is not at all, 1 in proportion to the registry. The list is as long as the registry.'],
      samples,
    };
  });
}
