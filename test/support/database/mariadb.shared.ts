interface Stoppable {
  stop(): Promise<void>;
}

const KEY = Symbol.for('caret.test.mariadb');
const store = globalThis as { [KEY]?: Stoppable };

/** Jest loads set-up and teardown in separate module registries that share only the global object. */
export function shareServer(server: Stoppable): void {
  store[KEY] = server;
}

export function sharedServer(): Stoppable | undefined {
  return store[KEY];
}
