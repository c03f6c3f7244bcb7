interface Stoppable {
  stop(): Promise<void>;
}

const KEY = Symbol.for('caret.test.mariadb');
const store = globalThis as { [KEY]?: Stoppable };

/** Jest loads set-up and teardown apart from one another: only the global object is common to both. */
export function shareServer(server: Stoppable): void {
  store[KEY] = server;
}

export function sharedServer(): Stoppable | undefined {
  return store[KEY];
}
