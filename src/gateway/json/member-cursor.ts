import { JsonProblem } from './json-problem';
import { JsonWalker } from './json-walker';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** The members of one object, one after another, without building any of them. */
export class MemberCursor extends JsonWalker {
  /** The offset of the opening quote of the key. */
  keyStart = -1;
  /** The offset after the closing quote of the key. */
  keyEnd = -1;
  valueStart = -1;
  valueEnd = -1;
  private objectEnd = -1;

  /** Enters the object. Returns false if there is none. */
  enter(start: number): boolean {
    const at = this.skipSpace(start);
    if (!this.isAt(at, OPEN_BRACE)) return this.stop(at, 'expected an object in braces');
    this.valueEnd = at + 1;
    return true;
  }

  /** Moves to the first or the next member. Returns false after the last one, and if `problem` is set. */
  next(): boolean {
    let at = this.skipSpace(this.valueEnd);
    const isFirst = this.keyStart === -1;
    if (this.isAt(at, CLOSE_BRACE)) {
      this.objectEnd = at + 1;
      return false;
    }
    if (!isFirst) {
      if (!this.isAt(at, COMMA)) return this.stop(at, 'expected a comma or a closing brace after the value');
      at = this.skipSpace(at + 1);
    }
    if (!this.isAt(at, QUOTE)) return this.stop(at, 'expected a key in double quotes');
    this.keyStart = at;
    this.keyEnd = this.skipString(at);
    if (this.keyEnd === -1) return false;
    at = this.skipSpace(this.keyEnd);
    if (!this.isAt(at, COLON)) return this.stop(at, 'expected a colon after the key');
    this.valueStart = this.skipSpace(at + 1);
    this.valueEnd = this.skipValue(this.valueStart);
    return this.valueEnd !== -1;
  }

  /** After the last member: returns a problem if something but white space follows the object. */
  findExcess(): JsonProblem | null {
    const after = this.skipSpace(this.objectEnd);
    return after === this.end ? null : new JsonProblem(after, 'expected nothing after the object');
  }
}
