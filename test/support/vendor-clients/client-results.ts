/** Untyped on purpose: each test checks what its client shows. */
type Json = ReturnType<typeof JSON.parse>;

interface Outcome {
  readonly result?: Json;
  readonly error?: Json;
}

/** What the scenarios of a client showed. */
export class ClientResults {
  private readonly outcomes: ReadonlyMap<string, Outcome>;

  constructor(outcomes: Readonly<Record<string, Outcome>>) {
    this.outcomes = new Map(Object.entries(outcomes));
  }

  /** Returns what a scenario returned. Throws the error that it ended with. */
  resultOf(scenario: string): Json {
    const { result, error } = this.outcomeOf(scenario);
    if (error) throw new Error(`"${scenario}" failed: ${JSON.stringify(error, null, 2)}`);
    return result;
  }

  /** Returns the error that a scenario ended with. Throws if it ended without. */
  errorOf(scenario: string): Json {
    const { result, error } = this.outcomeOf(scenario);
    if (!error) throw new Error(`"${scenario}" ended without an error: ${JSON.stringify(result, null, 2)}`);
    return error;
  }

  /** Returns the request ids that the client showed. */
  requestIds(): string[] {
    const shown = [...this.outcomes.values()].flatMap(({ result }) => result?.requestId ?? []);
    return shown.filter((id: unknown) => typeof id === 'string');
  }

  private outcomeOf(scenario: string): Outcome {
    const outcome = this.outcomes.get(scenario);
    if (!outcome) throw new Error(`The client has no scenario "${scenario}".`);
    return outcome;
  }
}
