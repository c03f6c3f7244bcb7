import { appendFileSync, statSync } from 'node:fs';
import { timestamp } from '../../common/timestamp';

const MAX_FILE_BYTES = 2 ** 26;

/** Why something of a journal is not in the database. */
export type SetAsideReason = 'torn' | 'line' | 'row' | 'version';

/** Lines and rows that cannot be loaded, in a file for the operator. Counts all, and writes up to 64 MiB. */
export class SetAside {
  readonly counts = new Map<SetAsideReason, number>();

  private hasChanged = false;

  constructor(private readonly file: string) {}

  /** Whether something was added since the last call. */
  hasNews(): boolean {
    const { hasChanged } = this;
    this.hasChanged = false;
    return hasChanged;
  }

  add(reason: SetAsideReason, text: string): void {
    this.hasChanged = true;
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1);
    const line = `${JSON.stringify({ at: timestamp(), reason, text })}\n`;
    try {
      const size = statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
      if (size + line.length <= MAX_FILE_BYTES) appendFileSync(this.file, line, { mode: 0o600 });
    } catch {
      // The disk is full. The metric has the count.
    }
  }
}
