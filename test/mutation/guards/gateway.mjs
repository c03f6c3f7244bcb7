/** Guards of calls through the gateway. */
export const GATEWAY_GUARDS = [
  {
    name: 'end of a cooling never earlier',
    file: 'src/gateway/health/cooling.ts',
    edits: [['if (untilMs <= this.untilMs) return;', '']],
    project: 'unit',
    specs: ['src/gateway/health/cooling'],
  },
  {
    name: 'repeated members of a body',
    file: 'src/gateway/body/member-names.ts',
    edits: [['if (folded.has(key)) throw repeated(name, member);', '']],
    project: 'unit',
    specs: ['src/gateway/body/request-body'],
  },
  {
    name: 'UTF-8 of a body',
    file: 'src/gateway/body/request-body.ts',
    edits: [['!isUtf8(bytes) || bytes[0] === 0', 'bytes[0] === 0']],
    project: 'unit',
    specs: ['src/gateway/body/request-body'],
  },
  {
    name: 'memory of one token in flight',
    file: 'src/gateway/call/in-flight-bytes.ts',
    edits: [[' || ofToken > this.maxBytes * PART_OF_TOKEN', '']],
    project: 'unit',
    specs: ['src/gateway/call/in-flight-bytes'],
  },
  {
    name: 'models of a limited token',
    file: 'src/gateway/dispatch/candidate-filter.ts',
    edits: [
      [
        "if (!isAllowed(caller, candidate.provider.name, candidate.model)) return 'not_allowed';",
        'void caller;',
      ],
    ],
    project: 'sqlite',
    specs: ['gateway/access'],
  },
  {
    name: 'no failover after content',
    file: 'src/gateway/dispatch/call-run.ts',
    edits: [
      ['    if (this.state.isCommitted) {\n      this.end();', '    if (this.isEnded) {\n      this.end();'],
    ],
    project: 'sqlite',
    specs: ['gateway/failover', 'gateway/streams'],
  },
  {
    name: 'idempotency keys of one token',
    file: 'src/gateway/dispatch/attempt-headers.ts',
    edits: [['`${caller.tokenId}:${key}:${attempts}`', '`${key}:${attempts}`']],
    project: 'sqlite',
    specs: ['gateway/headers'],
  },
  {
    name: 'headers of a caller that go upstream',
    file: 'src/gateway/dispatch/forwarded-headers.ts',
    edits: [
      [
        'if (!FORWARDED.has(name) && !name.startsWith(FORWARDED_PREFIX) && !isNamed(forwardHeaders, name))',
        'if (isNamed(forwardHeaders, name))',
      ],
    ],
    project: 'sqlite',
    specs: ['gateway/headers'],
  },
];
