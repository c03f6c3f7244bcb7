import { JsonWalker } from './json-walker';

const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** The elements of one array, one after another, without building any of them. */
export class ElementCursor extends JsonWalker {
  valueStart = -1;
  valueEnd = -1;

  /** Enters the array. Returns false if there is none. */
  enter(start: number): boolean {
    const at = this.skipSpace(start);
    if (!this.isAt(at, OPEN_BRACKET)) return this.stop(at, 'expected an array');
    this.valueEnd = at + 1;
    return true;
  }

  /** Moves to the first or the next element. Returns false after the last one, and if `problem` is set. */
  next(): boolean {
    let at = this.skipSpace(this.valueEnd);
    const isFirst = this.valueStart === -1;
    if (this.isAt(at, CLOSE_BRACKET)) return false;
    if (!isFirst) {
      if (!this.isAt(at, COMMA))
        return this.stop(at, 'expected a comma or a closing bracket after the element');
      at = this.skipSpace(at + 1);
    }
    this.valueStart = at;
    this.valueEnd = this.skipValue(at);
    return this.valueEnd !== -1;
  }
}
