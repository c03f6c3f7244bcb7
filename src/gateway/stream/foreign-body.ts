import { reportsError } from '../../upstream/error-body';
import type { Dialect } from '../dialect/endpoint';
import { jsonAt } from '../json/read-value';
import { wholeSpan } from '../json/span';
import { appendPiece } from './append-piece';
import { MAX_ERROR_BYTES, type ReportedFailure, reportedFailure } from './reported-failure';

const OPEN_ANGLE = 0x3c;

/** The bytes from a line that begins like JSON or HTML to the end of a response: no part of an event stream. */
export class ForeignBody {
  private readonly pieces: Buffer[] = [];
  private length = 0;
  private readonly isPage: boolean;

  constructor(start: Buffer) {
    this.isPage = start[0] === OPEN_ANGLE;
    this.add(start);
  }

  /** Whether the body cannot be an error, whatever follows. */
  get isUseless(): boolean {
    return this.isPage || this.length > MAX_ERROR_BYTES;
  }

  add(chunk: Buffer): void {
    this.length += chunk.length;
    if (!this.isUseless) appendPiece(this.pieces, chunk);
  }

  /** Returns the error that the whole body reports, or null. */
  findFailure(dialect: Dialect): ReportedFailure | null {
    if (this.isUseless) return null;
    const body = Buffer.concat(this.pieces);
    const json = jsonAt(body, wholeSpan(body));
    return reportsError(json) ? reportedFailure(json, dialect) : null;
  }
}
