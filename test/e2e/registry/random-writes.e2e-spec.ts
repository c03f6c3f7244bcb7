import { type Replicas, startReplicas } from '../../support/app/replicas';
import type { ApiClient } from '../../support/clients/http-client';
import { brokenInvariants } from '../../support/registry/invariants';
import { randomFrom } from '../../support/registry/random';
import { Ledger } from '../../support/registry/write-ledger';

const WRITERS = 5;
const ROUNDS = 8;
const WRITES_PER_ROUND = 6;

const seed = Date.now() >>> 0;

describe(`random writes from all replicas at once (seed ${seed})`, () => {
  const random = randomFrom(seed);
  const ledgers = Array.from({ length: WRITERS }, (_, writer) => new Ledger(`w${writer}`, random));
  let replicas: Replicas;
  let api: () => ApiClient;

  beforeAll(async () => {
    replicas = await startReplicas();
    api = replicas.api;
  });
  afterAll(() => replicas.stop());

  async function writeSome(ledger: Ledger): Promise<void> {
    for (let write = 0; write < WRITES_PER_ROUND; write++) {
      const { status, text } = await ledger.write(api());
      if (status >= 300) throw new Error(`not acknowledged: ${status} ${text}`);
    }
  }

  it(`after each of ${ROUNDS} rounds leave what each writer believes, on every replica, and nothing half`, async () => {
    let told = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(ledgers.map(writeSome));
      // Twice, so that each is asked at more than one replica.
      for (const ledger of [...ledgers, ...ledgers]) expect(await ledger.audit(api())).toEqual([]);
      expect(await brokenInvariants(replicas.first.database)).toEqual([]);
      const revision = Math.max(...ledgers.map((ledger) => ledger.revision));
      // A write that changes nothing does not count.
      expect(revision).toBeGreaterThan(told);
      expect(revision).toBeLessThanOrEqual(told + WRITERS * WRITES_PER_ROUND);
      told = revision;
    }
  });
});
