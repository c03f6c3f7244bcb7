import { v7 as newId } from 'uuid';
import { fetchAnswer } from '../answer.mjs';
import { growthRow } from '../growth.mjs';
import { JobClient, measureJobs } from '../job-client.mjs';
import { withPrograms } from '../program.mjs';
import { cryptoOf, makeToken } from '../registry/caret-crypto.mjs';
import { insertRows } from '../registry/insert-rows.mjs';
import { loadRows } from '../report.mjs';
import { startService } from '../service.mjs';

const TOKENS = 100_000;
/** What a registry has from the start: the operator's and two of the benchmark's. */
const FEW = 3;
const CALLERS = 8;
const PORTION = 10_000;
/** Nothing but what every request pays, and one read of a row. */
const PATH = '/v1/account';

/** What it costs to know a caller, with a few tokens in the table and with 100 000 more. */
export function measureSignIn(bench) {
  return withPrograms(async (running) => {
    const [few, many] = [await registryFor(bench, 'few-tokens'), await registryFor(bench, 'many-tokens')];
    const tokens = await addTokens(many, TOKENS);
    const fewService = await running(startService(few));
    const manyService = await running(startService(many));
    const fewClient = new JobClient({ program: fewService }, CALLERS);
    const manyClient = new JobClient({ program: manyService }, CALLERS);
    await fetchAnswer(manyService, asking(tokens.at(-1)));
    let index = 0;
    const job = (client, next) => ({ client, callers: CALLERS, repeat: () => client.send(...next()) });
    const samples = await measureJobs(bench, {
      few: job(fewClient, () => ['same', asking(few.token)]),
      many: job(manyClient, () => ['same', asking(tokens[0])]),
      another: job(manyClient, () => ['another', asking(tokens[(index += 1) % TOKENS])]),
      unknown: job(manyClient, () => ['unknown', { ...asking(makeToken(newId())), status: [401, 429] }]),
    });
    for (const each of [few, many]) each.close();
    await Promise.all([fewClient.close(), manyClient.close()]);
    const cpu = (rounds) => rounds.map(({ cpuMicroseconds }) => cpuMicroseconds);
    return {
      title: `Sign-in, MariaDB (GET ${PATH}, ${CALLERS} callers)`,
      rows: [
        ...loadRows('the same token each time', samples.many),
        ...loadRows('another token each time', samples.another, samples.many),
        ...loadRows('unknown tokens', samples.unknown, samples.many),
      ],
      growth: {
        unit: 'tokens',
        sizes: [FEW, TOKENS],
        rows: [
          growthRow(
            'the same token each time',
            'CPU µs/request',
            [FEW, TOKENS],
            [cpu(samples.few), cpu(samples.many)],
          ),
        ],
      },
      notes: [
        'The floor of the lower lines is the first. A token is looked up at most every four seconds; another one each time is looked up each time, without the note of its first use.',
        'Unknown tokens are looked up as well, so that they take as long: 401, and after 20 in a minute from one address 429.',
      ],
      samples,
    };
  });
}

async function registryFor(bench, name) {
  return bench.registries.make('mariadb', name, 1);
}

function asking(token) {
  return { path: PATH, headers: { Authorization: `Bearer ${token}` } };
}

/** Rows as the API writes them, in bulk. The tokens, in no order that the table has. */
async function addTokens(registry, count) {
  const crypto = await cryptoOf(registry);
  const [template] = await registry.rows("SELECT * FROM api_tokens WHERE name = 'bench'");
  const tokens = [];
  // So that none is due to be written when it is used.
  const last_used_at = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
  for (let start = 0; start < count; start += PORTION) {
    const rows = Array.from({ length: PORTION }, () => {
      const id = newId();
      const token = makeToken(id);
      tokens.push(token);
      const secret_hmac = crypto.hmac('api-token', token).toString('hex');
      return { ...template, id, secret_hmac, last_used_at };
    });
    await insertRows(registry, 'api_tokens', rows);
  }
  return tokens;
}
