import { type Replicas, startReplicas } from '../../support/app/replicas';
import type { ApiClient } from '../../support/clients/api-client';
import { brokenInvariants } from '../../support/registry/invariants';
import { createRandom } from '../../support/registry/random';
import { WriteLedger } from '../../support/registry/write-ledger';

const WRITERS = 5;
const ROUNDS = 8;
const WRITES_PER_ROUND = 6;

const seed = Date.now() >>> 0;

describe(`concurrent random writes on all replicas (seed ${seed})`, () => {
  const random = createRandom(seed);
  const ledgers = Array.from({ length: WRITERS }, (_, writer) => new WriteLedger(`w${writer}`, random));
  let replicas: Replicas;
  let api: () => ApiClient;

  beforeAll(async () => {
    replicas = await startReplicas();
    api = replicas.api;
  });
  afterAll(() => replicas.stop());

  async function writeRound(ledger: WriteLedger): Promise<void> {
    for (let write = 0; write < WRITES_PER_ROUND; write++) {
      const { status, text } = await ledger.write(api());
      if (status >= 300) throw new Error(`not acknowledged: ${status} ${text}`);
    }
  }

  it(`match the expected state of each writer on every replica after each of ${ROUNDS} rounds`, async () => {
    let lastRevision = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(ledgers.map(writeRound));
      // Twice, so that each ledger is compared with more than one replica.
      for (const ledger of [...ledgers, ...ledgers]) expect(await ledger.audit(api())).toEqual([]);
      expect(await brokenInvariants(replicas.first.database)).toEqual([]);
      const revision = Math.max(...ledgers.map((ledger) => ledger.revision));
      // A write that changes nothing keeps the revision.
      expect(revision).toBeGreaterThan(lastRevision);
      expect(revision).toBeLessThanOrEqual(lastRevision + WRITERS * WRITES_PER_ROUND);
      lastRevision = revision;
    }
  });
});
