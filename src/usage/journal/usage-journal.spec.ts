import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { createIntent, createRecord, splitRecord } from '../fixtures/usage-records';
import { SEGMENT_CALLS, type SegmentCalls } from './segment-file';
import { type JournalOptions, UsageJournal } from './usage-journal';

const JOURNAL_ID = '01a22a5a-0e4d-749f-a40a-442a163a749f';
const MIB = 2 ** 20;
const RESPONSE = { accountId: 'a', responseId: 'r', providerId: 'p', modelId: 'm', tokenId: 't' };

describe('UsageJournal', () => {
  let directory: string;
  let journal: UsageJournal;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'caret-journal-'));
  });
  afterEach(() => {
    journal.close();
    rmSync(directory, { recursive: true, force: true });
    jest.restoreAllMocks();
  });

  function create(options: Partial<JournalOptions> = {}, calls: Partial<SegmentCalls> = {}): UsageJournal {
    journal = new UsageJournal({
      directory,
      journalId: JOURNAL_ID,
      durability: 'crash',
      journalMaxBytes: 64 * MIB,
      whenFull: 'serve',
      retentionDays: 0,
      calls: { ...SEGMENT_CALLS, ...calls },
      ...options,
    });
    return journal;
  }

  const pathOf = (segment: number): string => join(directory, `${JOURNAL_ID}-${segment}.jsonl`);
  const textOf = (segment: number): string => readFileSync(pathOf(segment), 'utf8');
  const linesOf = (segment: number): Record<string, { id: string }>[] =>
    textOf(segment)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  /** Settles a record and waits for its callback. */
  function settle(record = createRecord()): Promise<void> {
    return new Promise((resolve) => journal.settle(...splitRecord(record), resolve));
  }

  /** Fails every write while the disk is full, after half of its bytes. */
  function createFullDisk() {
    const disk = { isFull: true, writes: 0 };
    const full = Object.assign(new Error('disk full'), { code: 'ENOSPC' });
    const writeSync = ((fd: number, bytes: Buffer, offset: number, length: number) => {
      disk.writes += 1;
      if (!disk.isFull) return SEGMENT_CALLS.writeSync(fd, bytes, offset, length);
      if (length < 100) throw full;
      return SEGMENT_CALLS.writeSync(fd, bytes, offset, Math.ceil(length / 2));
    }) as SegmentCalls['writeSync'];
    return { disk, writeSync };
  }

  it('writes all lines of a turn in one write, before their callbacks', async () => {
    const { disk, writeSync } = createFullDisk();
    disk.isFull = false;
    create({}, { writeSync });
    const [intent, record] = [createIntent(), createRecord()];
    journal.intend(intent);
    let linesAtCallback = 0;
    journal.settle(...splitRecord(record), () => (linesAtCallback = linesOf(1).length));
    journal.storeResponse(RESPONSE);
    expect(disk.writes).toBe(0);
    await turn();
    expect(disk.writes).toBe(1);
    expect(linesAtCallback).toBe(4);
    expect(linesOf(1)).toEqual([
      { caret_journal: 1, journal: JOURNAL_ID, segment: 1 },
      { intent },
      { settle: record },
      { response: RESPONSE },
    ]);
  });

  it('leaves out the usage, warnings and tags of a row that is too long', async () => {
    create();
    await settle(createRecord({ usage: { text: 'x'.repeat(100_000) } }));
    expect(linesOf(1)[1]!['settle']).toMatchObject({ usage: null, warnings: null, tags: null });
  });

  it('begins a new segment with the attempts that have not ended', async () => {
    create({ journalMaxBytes: MIB });
    const open = createIntent();
    journal.intend(open);
    for (let count = 0; count < 200; count++) {
      const intent = createIntent();
      journal.intend(intent);
      await settle(createRecord({}, intent));
    }
    expect(readdirSync(directory).sort()).toEqual([`${JOURNAL_ID}-1.jsonl`, `${JOURNAL_ID}-2.jsonl`]);
    expect(textOf(1).length).toBeGreaterThanOrEqual(MIB / 4);
    expect(linesOf(2)[0]).toMatchObject({ segment: 2 });
    expect(linesOf(2)[1]).toEqual({ intent: open });
    expect(linesOf(2)[2]!['intent']!.id).toBe(linesOf(2)[3]!['settle']!.id);
    expect(journal.bytes).toBe(textOf(1).length + textOf(2).length);
    journal.forget(textOf(1).length);
    expect(journal.bytes).toBe(textOf(2).length);
  });

  it('cuts a failed write back to the last whole line, and writes its lines when the disk has space', async () => {
    const { disk, writeSync } = createFullDisk();
    disk.isFull = false;
    const states: unknown[] = [];
    create({ onState: (error) => states.push(error) }, { writeSync });
    const first = createRecord();
    await settle(first);
    const before = textOf(1);
    disk.isFull = true;
    const records = [createRecord(), createRecord()];
    await Promise.all(records.map(settle));
    expect(textOf(1)).toBe(before);
    expect(journal.isFull).toBe(true);
    const { writes } = disk;
    const third = createRecord();
    await settle(third);
    expect(disk.writes).toBe(writes);
    disk.isFull = false;
    await until(() => !journal.isFull);
    expect(linesOf(1).slice(1)).toEqual([first, ...records, third].map((settle) => ({ settle })));
    expect(states).toEqual([expect.objectContaining({ code: 'ENOSPC' }), null]);
    expect(journal.dropped).toBe(0);
  });

  it('continues in a new segment if a torn line cannot be cut off', async () => {
    const { disk, writeSync } = createFullDisk();
    disk.isFull = false;
    const ftruncateSync = (): void => {
      throw new Error('read-only');
    };
    create({}, { writeSync, ftruncateSync });
    await settle();
    disk.isFull = true;
    const record = createRecord();
    await settle(record);
    expect(textOf(1).endsWith('\n')).toBe(false);
    disk.isFull = false;
    await until(() => !journal.isFull);
    expect(linesOf(2).slice(1)).toEqual([{ settle: record }]);
  });

  it('leaves no segment whose first lines could not be written', async () => {
    const { disk, writeSync } = createFullDisk();
    create({}, { writeSync });
    await settle();
    expect(readdirSync(directory)).toEqual([]);
    disk.isFull = false;
    await until(() => !journal.isFull);
    expect(linesOf(1)).toHaveLength(2);
  });

  it('keeps 16 MiB in memory while the disk is full, and counts the rows above', async () => {
    const { writeSync } = createFullDisk();
    create({}, { writeSync });
    const usage = { text: 'x'.repeat(60_000) };
    let callbacks = 0;
    for (let count = 0; count < 400; count++)
      journal.settle(...splitRecord(createRecord({ usage })), () => (callbacks += 1));
    await turn();
    expect(callbacks).toBe(400);
    expect(journal.bytes).toBeLessThanOrEqual(16 * MIB);
    expect(journal.bytes).toBeGreaterThan(15 * MIB);
    const kept = Math.floor(journal.bytes / 61_000);
    expect(journal.dropped).toBeGreaterThan(400 - kept - 10);
    expect(journal.dropped).toBeLessThan(400 - kept + 10);
  });

  async function fill(): Promise<void> {
    while (!journal.isFull) await settle(createRecord({ usage: { text: 'x'.repeat(60_000) } }));
  }

  it('drops and counts rows while it is full, and goes on when segments are loaded', async () => {
    create({ journalMaxBytes: MIB });
    await fill();
    const { bytes } = journal;
    await settle();
    expect([journal.dropped, journal.bytes]).toEqual([1, bytes]);
    expect(journal.storeResponse(RESPONSE)).toBe(false);
    expect(journal.dropped).toBe(2);
    journal.forget(textOf(1).length);
    await settle();
    expect(journal.dropped).toBe(2);
    expect(journal.bytes).toBeGreaterThan(bytes - textOf(1).length);
  });

  it('keeps the rows of accepted calls while it is full with `refuse`', async () => {
    create({ journalMaxBytes: MIB, whenFull: 'refuse' });
    await fill();
    const { bytes } = journal;
    await settle();
    expect(journal.dropped).toBe(0);
    expect(journal.bytes).toBeGreaterThan(bytes);
  });

  it('runs callbacks after the sync with USAGE_DURABILITY=power', async () => {
    const pending: ((error: null) => void)[] = [];
    create(
      { durability: 'power' },
      { fdatasync: ((_fd: number, done: (error: null) => void) => pending.push(done)) as never },
    );
    const events: string[] = [];
    journal.settle(...splitRecord(createRecord()), () => events.push('first'));
    await turn();
    journal.settle(...splitRecord(createRecord()), () => events.push('second'));
    await turn();
    expect([events, pending.length]).toEqual([[], 1]);
    pending[0]!(null);
    expect([events, pending.length]).toEqual([['first'], 2]);
    pending[1]!(null);
    expect(events).toEqual(['first', 'second']);
    expect(journal.unsynced).toBe(0);
  });

  it('waits for a sync for at most 250 ms, and counts what did not wait', async () => {
    create({ durability: 'power' }, { fdatasync: (() => undefined) as never });
    await settle();
    expect(journal.unsynced).toBe(1);
  });

  it('measures how long the oldest line has waited', async () => {
    let now = 1000;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    const positions: { segment: number; offset: number }[] = [];
    create({ onWritten: (position) => positions.push(position) });
    await settle();
    now += 5000;
    await settle();
    now += 2000;
    expect(journal.lag.seconds).toBe(7);
    journal.lag.noteLoaded(positions[0]!);
    expect(journal.lag.seconds).toBe(2);
    journal.lag.noteLoaded(positions[1]!);
    expect(journal.lag.seconds).toBe(0);
  });

  async function until(check: () => boolean): Promise<void> {
    while (!check()) await new Promise((resolve) => setTimeout(resolve, 10));
  }
});
