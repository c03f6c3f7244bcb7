import type { AccountId } from '../auth/caller';
import type { UnitOfWork } from '../database/unit-of-work';
import type { RevisionTracker } from '../registry/revision-tracker';
import type { ProviderResponse } from './dto/provider.response.dto';
import { WholeLists } from './whole-lists';

const account = 'account' as AccountId;

describe('WholeLists', () => {
  let revision: number;
  /** What ends the readings that have begun, in their order. */
  let readings: ((error?: Error) => void)[];
  let lists: WholeLists;

  beforeEach(() => {
    revision = 1;
    readings = [];
    const revisions = { read: () => Promise.resolve(revision) } as unknown as RevisionTracker;
    const unitOfWork = { run: (work: () => unknown) => work() } as unknown as UnitOfWork;
    lists = new WholeLists(revisions, unitOfWork);
  });

  const read = () =>
    new Promise<ProviderResponse[]>((resolve, reject) => {
      readings.push((error) => (error ? reject(error) : resolve([])));
    });
  const ask = async (): Promise<string | undefined> => {
    const { headers } = await lists.answer(account, revision, read);
    return headers['x-registry-revision'];
  };
  const turn = () => new Promise(setImmediate);

  it('reads once for all that ask at once, and for those that ask later', async () => {
    const asked = [ask(), ask()];
    await turn();
    readings[0]!();
    expect(await Promise.all([...asked, ask()])).toEqual(['1', '1', '1']);
    expect(readings).toHaveLength(1);
  });

  it('reads anew, once, for those whose revision came while others were reading', async () => {
    const early = ask();
    await turn();
    revision = 2;
    const late = [ask(), ask()];
    readings[0]!();
    await turn();
    readings[1]!();
    expect(await Promise.all([early, ...late])).toEqual(['1', '2', '2']);
    expect(readings).toHaveLength(2);
  });

  it('does so where an older list is kept as well', async () => {
    const first = ask();
    await turn();
    readings[0]!();
    await first;
    revision = 2;
    const early = ask();
    await turn();
    revision = 3;
    const late = ask();
    readings[1]!();
    await turn();
    readings[2]!();
    expect(await Promise.all([early, late])).toEqual(['2', '3']);
  });

  it('throws for all that wait where the reading fails, and reads anew for the next', async () => {
    const failure = new Error('away');
    const asked = [ask(), ask()];
    await turn();
    readings[0]!(failure);
    for (const outcome of await Promise.allSettled(asked)) expect(outcome).toMatchObject({ reason: failure });
    const next = ask();
    await turn();
    readings[1]!();
    expect(await next).toBe('1');
  });
});
