import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startCaret } from '../peers/caret.mjs';
import { compare } from '../peers/compare.mjs';
import { NotInstalled } from '../peers/install.mjs';
import { litellm } from '../peers/litellm.mjs';
import { newApi } from '../peers/new-api.mjs';
import { NOT_MEASURED } from '../peers/not-measured.mjs';
import { MariadbDatabases } from '../registry/databases.mjs';
import { busyNote, row } from '../report.mjs';

const SIZES = [10, 100, 1000];
const QUICK_SIZES = [10, 100];

/** Cells of other products, which need extra installations. `--peers` includes them. */
export const PEER_CELLS = {
  'new-api': { measure: (bench) => measurePeer(bench, newApi, 'MariaDB'), needs: [] },
  'new-api-embedded': { measure: (bench) => measurePeer(bench, newApi, 'SQLite'), needs: [] },
  litellm: { measure: (bench) => measurePeer(bench, litellm, 'SQLite'), needs: [] },
  'other-peers': { measure: async () => ({ text: NOT_MEASURED }), needs: [] },
};

/** Measures Caret and a peer in turn at each size. Each size starts with an empty database on both sides. */
async function measurePeer(bench, peer, engine) {
  const title = `Beside ${peer.name} ${peer.version}, ${peer.database ?? `on ${engine}`}`;
  let installation;
  try {
    installation = await peer.install();
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    return { notInstalled: error.message, text: `## ${title}\n\nNot installed: ${error.message}` };
  }
  const mariadb = engine === 'MariaDB' ? await MariadbDatabases.start() : null;
  try {
    const sizes = [];
    const counts = bench.options.quick ? QUICK_SIZES : SIZES;
    for (const count of counts) {
      const parent = join(bench.directory, `${peer.name}-${engine}-${count}`);
      await mkdir(parent);
      const starts = [startCaret, peer.start].map((start, index) => async () => {
        const databaseUrl = mariadb && (await newDatabase(mariadb));
        return start({ installation, directory: join(parent, String(index)), databaseUrl, count });
      });
      // Only at the largest size, because the warm-up would grow a smaller one to it.
      const creating = count === counts.at(-1);
      sizes.push(await compare(starts, { count, creating, options: bench.options }));
    }
    const notes = [...peer.configuration, ...growthNotes(sizes), busyNote(samplesOf(sizes))];
    return { title, against: peer.name, rows: sizes.flatMap(rowsOf), notes, samples: sizes };
  } finally {
    await mariadb?.stop();
  }
}

async function newDatabase(mariadb) {
  const { place, close } = await mariadb.create();
  close();
  return place.databaseUrl;
}

function rowsOf({ count, results, resident }) {
  const rows = results.flatMap(({ name, ours, theirs, bytes }) => {
    const cell = `${count}: ${name}`;
    const line = (measure, field) =>
      row(cell, measure, { ours: ours.map((each) => each[field]), floor: theirs.map((each) => each[field]) });
    const size = bytes ? [row(cell, 'bytes', { ours: [bytes.ours], floor: [bytes.theirs] })] : [];
    return [
      line('jobs/s', 'requestsPerSecond'),
      line('p50 ms', 'p50Milliseconds'),
      line('CPU µs/job', 'cpuMicroseconds'),
      ...size,
    ];
  });
  const memory = row(`${count}: memory`, 'RSS MiB', { ours: [resident.ours], floor: [resident.theirs] });
  return [...rows, memory];
}

function samplesOf(sizes) {
  const rounds = sizes.flatMap(({ results }) => results.flatMap(({ ours, theirs }) => [ours, theirs]));
  return Object.fromEntries(rounds.entries());
}

/** Reports the final number of deployments, because `create` adds to them. */
function growthNotes(sizes) {
  const grown = sizes.find((size) => size.grown);
  if (!grown) return [];
  const [ours, theirs] = grown.grown;
  return [`While creating, the ${grown.count} deployments became ${ours} (Caret) and ${theirs}.`];
}
