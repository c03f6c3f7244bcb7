import { v7 as newId } from 'uuid';
import { fetchResponse } from '../fetch-response.mjs';
import { growthRows } from '../growth.mjs';
import { JobClient, measureJobs } from '../job-client.mjs';
import { withPrograms } from '../program.mjs';
import { cryptoOf, createToken } from '../registry/caret-crypto.mjs';
import { insertRows } from '../registry/insert-rows.mjs';
import { loadRows } from '../report.mjs';
import { startService } from '../service.mjs';

/** The number of tokens in three databases. The smallest number is that of a new registry. */
const TOKENS = [3, 1000, 100_000];
const MANY = TOKENS.at(-1);
const CALLERS = 8;
const BATCH_SIZE = 10_000;
/** A route with the overhead of every request and one row read. */
const PATH = '/v1/account';

/** Measures authentication with a few and with many tokens in the table. */
export function measureSignIn(bench) {
  return withPrograms(async (running) => {
    const jobs = {};
    const closing = [];
    for (const count of TOKENS) {
      const registry = await bench.registries.create('mariadb', `tokens-${count}`, 1);
      const tokens = [registry.token, ...(await addTokens(registry, count - TOKENS[0]))];
      const service = await running(startService(registry));
      const client = new JobClient({ program: service }, CALLERS);
      closing.push(registry, client);
      const job = (kind, next) => ({ client, callers: CALLERS, repeat: () => client.send(kind, next()) });
      await fetchResponse(service, asking(tokens.at(-1)));
      jobs[`same ${count}`] = job('same', () => asking(tokens[0]));
      if (count !== MANY) continue;
      let index = 0;
      jobs.another = job('another', () => asking(tokens[(index += 1) % tokens.length]));
      jobs.unknown = job('unknown', () => ({ ...asking(createToken(newId())), status: [401, 429] }));
    }
    const samples = await measureJobs(bench, jobs);
    await Promise.all(closing.map((each) => each.close()));
    const same = TOKENS.map((count) => samples[`same ${count}`]);
    return {
      title: `Sign-in, MariaDB (GET ${PATH}, ${CALLERS} callers, ${MANY.toLocaleString('en-US')} tokens)`,
      rows: [
        ...loadRows('the same token each time', same.at(-1)),
        ...loadRows('another token each time', samples.another, same.at(-1)),
        ...loadRows('unknown tokens', samples.unknown, same.at(-1)),
      ],
      growth: {
        unit: 'tokens',
        sizes: TOKENS,
        rows: growthRows('the same token each time', TOKENS, same),
      },
      notes: [
        'The floor of the lower lines is the first line. A token is looked up at most every four seconds. With another token each time, every request looks one up, without recording its first use.',
        'Unknown tokens are looked up too, so that they take as long. They return 401, and 429 after 20 in a minute from one address.',
      ],
      samples,
    };
  });
}

function asking(token) {
  return { path: PATH, headers: { Authorization: `Bearer ${token}` } };
}

/** Inserts rows in bulk that equal those of the API. Returns the tokens in random order. */
async function addTokens(registry, count) {
  const crypto = await cryptoOf(registry);
  const [template] = await registry.rows("SELECT * FROM api_tokens WHERE name = 'bench'");
  const tokens = [];
  // Recent, so that no use is due to be written.
  const last_used_at = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
  for (let start = 0; start < count; start += BATCH_SIZE) {
    const rows = Array.from({ length: Math.min(BATCH_SIZE, count - start) }, () => {
      const id = newId();
      const token = createToken(id);
      tokens.push(token);
      const secret_hmac = crypto.hmac('api-token', token).toString('hex');
      return { ...template, id, secret_hmac, last_used_at };
    });
    await insertRows(registry, 'api_tokens', rows);
  }
  return tokens;
}
