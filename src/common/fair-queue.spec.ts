import { FairQueue, type Turn } from './fair-queue';

describe('FairQueue', () => {
  /** Enters and records the start of the turn. */
  function enterer(queue: FairQueue) {
    const starts: string[] = [];
    const enter = (owner: string, maxTaken = Infinity, name = owner): Turn => {
      const turn = queue.enter(owner, maxTaken)!;
      void turn.started.then(() => starts.push(name));
      return turn;
    };
    return { starts, enter };
  }

  const settle = () => new Promise(setImmediate);

  it('starts turns immediately while places are free', async () => {
    const { starts, enter } = enterer(new FairQueue(2, 10));
    for (const owner of ['a', 'b', 'c']) enter(owner);
    await settle();
    expect(starts).toEqual(['a', 'b']);
  });

  it('starts the turns of one owner in the order of arrival', async () => {
    const { starts, enter } = enterer(new FairQueue(1, 10));
    const turns = ['first', 'second', 'third'].map((name) => enter('a', 1, name));
    for (const turn of turns) {
      await settle();
      turn.leave();
    }
    expect(starts).toEqual(['first', 'second', 'third']);
  });

  it('gives an owner that arrives after a hundred turns of another one the next place', async () => {
    const { starts, enter } = enterer(new FairQueue(1, 100));
    const [current] = Array.from({ length: 100 }, () => enter('many'));
    enter('one');
    current!.leave();
    await settle();
    expect(starts).toEqual(['many', 'one']);
  });

  it('rotates between the owners that wait', async () => {
    const { starts, enter } = enterer(new FairQueue(1, 10));
    const turns = ['a', 'a', 'a', 'b', 'b', 'c'].map((owner) => enter(owner));
    const byStart = [0, 3, 5, 1, 4, 2];
    for (const index of byStart) {
      await settle();
      turns[index]!.leave();
    }
    expect(starts).toEqual(['a', 'b', 'c', 'a', 'b', 'a']);
  });

  it('leaves places free that an owner beyond its limit waits for', async () => {
    const { starts, enter } = enterer(new FairQueue(3, 10));
    for (let turn = 0; turn < 5; turn++) enter('a', 2);
    enter('b', 2);
    await settle();
    expect(starts).toEqual(['a', 'a', 'b']);
  });

  it('rejects a turn when too many of its owner wait, and no turn of another owner', () => {
    const queue = new FairQueue(1, 2);
    const turns = Array.from({ length: 4 }, () => queue.enter('a', 1));
    expect(turns.map((turn) => turn !== null)).toEqual([true, true, true, false]);
    expect(queue.enter('b', 1)).not.toBeNull();
    turns[0]!.leave();
    expect(queue.enter('a', 1)).toBeNull();
    turns[1]!.leave();
  });

  it('never starts a turn that left while it waited', async () => {
    const { starts, enter } = enterer(new FairQueue(1, 10));
    const first = enter('a', 1, 'first');
    enter('a', 1, 'gone').leave();
    enter('a', 1, 'last');
    first.leave();
    await settle();
    expect(starts).toEqual(['first', 'last']);
  });

  it('frees a place once, however often its turn leaves', async () => {
    const { starts, enter } = enterer(new FairQueue(1, 10));
    const first = enter('a', 1, 'first');
    for (const name of ['second', 'third']) enter('a', 1, name);
    first.leave();
    first.leave();
    await settle();
    expect(starts).toEqual(['first', 'second']);
  });
});
