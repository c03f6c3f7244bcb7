/** A valid setting that an operator may not have meant, in one sentence. */
export interface ConfigWarning {
  /** The variable to change, or `.env` for a name in that file. */
  readonly variable: string;
  readonly text: string;
}
