import { measureJobs } from '../job-client.mjs';
import { CALLERS, Contestant } from './contestant.mjs';

/**
 * Measures two sides with `count` deployments in turn, ours first: their reading jobs, then their memory. With
 * `creating`, also measures creation if both sides support it, which adds deployments. See `Contestant` for sides.
 */
export async function compare(starts, { count, creating, options }) {
  const contestants = [];
  try {
    for (const start of starts) contestants.push(new Contestant(await start(), count));
    return await measure(contestants, { count, creating, options });
  } finally {
    for (const contestant of contestants) await contestant.end();
  }
}

async function measure(contestants, { count, creating, options }) {
  const reads = [];
  for (const contestant of contestants) reads.push(await contestant.prepare());
  const results = [];
  for (const [index, { name, bytes }] of reads[0].entries()) {
    const jobs = reads.map((of) => of[index].job);
    const samples = await inTurn(contestants, jobs, CALLERS, options);
    results.push({ name, ...samples, bytes: { ours: bytes, theirs: reads[1][index].bytes } });
  }
  const [ours, theirs] = contestants.map(({ resident }) => resident);
  const creates = creating && contestants.every((contestant) => contestant.canCreate);
  if (creates) {
    for (const callers of [1, CALLERS]) {
      const jobs = contestants.map(({ create }) => create);
      const name = callers === 1 ? 'create, 1 caller' : `create, ${callers} callers`;
      results.push({ name, ...(await inTurn(contestants, jobs, callers, options)) });
    }
  }
  const grown = creates ? await Promise.all(contestants.map((contestant) => contestant.recount())) : null;
  return { count, results, resident: { ours, theirs }, grown };
}

function inTurn([ours, theirs], [ourJob, theirJob], callers, options) {
  return measureJobs(
    { options },
    {
      ours: { client: ours.client, callers, repeat: ourJob },
      theirs: { client: theirs.client, callers, repeat: theirJob },
    },
  );
}
