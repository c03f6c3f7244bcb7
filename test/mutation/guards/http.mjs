/** Guards of the HTTP server, its requests and its responses. */
export const HTTP_GUARDS = [
  {
    name: 'documented Retry-After',
    file: 'src/http/route/failure-responses.ts',
    edits: [['names.some((name) => FAILURES[name].retryAfter)', "names.includes('KeyInFlight')"]],
    project: 'unit',
    specs: ['src/http/route/failure-responses'],
  },
  {
    name: 'budget of bodies',
    file: 'src/http/server/body-budget.ts',
    edits: [['this.used + change > MAX_BYTES || ofCaller > MAX_BYTES_PER_CALLER', 'bytes < 0']],
    project: 'unit',
    specs: ['src/http/server/body-budget'],
  },
  {
    name: 'host check',
    file: 'src/http/server/host-check.ts',
    edits: [['if (!isLoopback(host)) return;', 'if (host) return;']],
    project: 'sqlite',
    specs: ['http/response-headers'],
  },
  {
    name: 'host of a request target',
    file: 'src/http/server/host-check.ts',
    edits: [[', hostOfTarget(request.originalUrl)];', '];']],
    project: 'sqlite',
    specs: ['http/response-headers'],
  },
  {
    name: 'one request of a connection at a time',
    file: 'src/http/server/connection-requests.ts',
    edits: [['if (unfinished.length === 1) return', 'if (unfinished.length > 0) return']],
    project: 'unit',
    specs: ['src/http/server/connection-requests'],
  },
  {
    name: 'bound of pipelined requests',
    file: 'src/http/server/connection-requests.ts',
    edits: [['      stopParser(socket);\n', '']],
    project: 'unit',
    specs: ['src/http/server/connection-requests'],
  },
  {
    name: 'turns of pipelined requests',
    file: 'src/http/server/connection-requests.ts',
    edits: [
      ['    setImmediate(() => {\n', '    void (() => {\n'],
      ['      this.serve(next.req, next);\n    });', '      this.serve(next.req, next);\n    })();'],
    ],
    project: 'unit',
    specs: ['src/http/server/connection-requests'],
  },
  {
    name: 'port in use on another address',
    file: 'src/http/server/additional-listeners.ts',
    edits: [['if (!NO_ADDRESS.includes((error as NodeJS.ErrnoException).code)) throw error;', 'void error;']],
    project: 'unit',
    specs: ['src/http/server/additional-listeners'],
  },
  {
    name: 'budget of unsent responses',
    file: 'src/http/server/fastify-adapter.ts',
    edits: [
      [
        "      this.unsent.add((reply.request as IdentifiedRequest).user?.accountId ?? '', reply.raw, payload);\n",
        '      void reply.request;\n',
      ],
    ],
    project: 'sqlite',
    specs: ['http/unread-responses'],
  },
  {
    name: 'total of unsent responses',
    file: 'src/http/server/unsent-responses.ts',
    edits: [['> MAX_BYTES && all.heaviest', '< 0 && all.heaviest']],
    project: 'unit',
    specs: ['src/http/server/unsent-responses'],
  },
  {
    name: 'ignored debugger signal',
    file: 'src/app/ignore-debugger-signal.ts',
    edits: [["process.on('SIGUSR1', () => undefined);", '']],
    project: 'sqlite',
    specs: ['operations/debugger-signal'],
  },
  {
    name: 'size of a whole list',
    file: 'src/http/response/response-budget.ts',
    edits: [['if (!this.take(bytes)) throw listTooLarge();', 'this.take(bytes);']],
    project: 'unit',
    specs: ['src/http/response/large-responses'],
  },
  {
    name: 'one large response at a time',
    file: 'src/http/response/large-responses.ts',
    edits: [
      [
        'const previous = this.last.get(owner);',
        'const previous = undefined as Promise<unknown> | undefined;',
      ],
    ],
    project: 'unit',
    specs: ['src/http/response/large-responses'],
  },
];
