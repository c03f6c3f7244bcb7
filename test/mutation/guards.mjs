/**
 * Guards whose removal the specs must detect. Each has the edits of one file of src/ that remove it, and the specs that
 * must fail then. `project` is a Jest project; `specs` are parts of paths.
 */
export const GUARDS = [
  {
    name: 'account predicate',
    file: 'src/providers/providers.repository.ts',
    edits: [
      [
        "'SELECT * FROM providers WHERE account_id = ? AND id = ?'",
        "'SELECT * FROM providers WHERE ? <> id AND id = ?'",
      ],
    ],
    project: 'sqlite',
    specs: ['auth/resource-ids'],
  },
  {
    name: 'additional authenticated data',
    file: 'src/crypto/aes-gcm.ts',
    edits: [
      ['  cipher.setAAD(aad);\n', '  cipher.setAAD(Buffer.alloc(aad.length));\n'],
      ['  decipher.setAAD(aad);\n', '  decipher.setAAD(Buffer.alloc(aad.length));\n'],
    ],
    project: 'unit',
    specs: ['src/crypto/envelope'],
  },
  {
    name: 'tag length',
    file: 'src/crypto/aes-gcm.ts',
    edits: [['const TAG_BYTES = 16;', 'const TAG_BYTES = 4;']],
    project: 'unit',
    specs: ['src/crypto/'],
  },
  {
    name: 'redirect rejection',
    file: 'src/upstream/client/guarded-http-client.ts',
    edits: [['if (statusCode >= 300 && statusCode < 400) {', 'if (statusCode < 0) {']],
    project: 'unit',
    specs: ['src/upstream/client/guarded-http-client'],
  },
  {
    name: 'end of unread bodies',
    file: 'src/upstream/client/guarded-http-client.ts',
    edits: [
      ['      deadline.abort();\n      void dispatcher.destroy();\n', ''],
      ["      body.on('error', () => undefined).destroy();\n", ''],
    ],
    project: 'unit',
    specs: ['src/upstream/client/guarded-http-client.sockets'],
  },
  {
    name: 'queue for the one connection',
    file: 'src/database/serial-sqlite-query-runner.ts',
    edits: [['this.releaseTurn ??= await this.waitForTurn();', 'this.releaseTurn ??= () => undefined;']],
    project: 'sqlite',
    specs: ['database/unit-of-work.e2e', 'registry/concurrency'],
  },
  {
    name: 'unique default model',
    file: 'src/database/migrations/1764000000000-initial-schema.ts',
    edits: [["columnNames: ['default_of'], isUnique: true", "columnNames: ['default_of'], isUnique: false"]],
    project: 'sqlite',
    specs: ['database/schema', 'models/default-model'],
  },
  {
    name: 'rollback after a lock timeout',
    file: 'src/database/guarded-mysql-query-runner.ts',
    edits: [
      [
        '  override release(): Promise<void> {\n',
        '  override rollbackTransaction(): Promise<void> {\n    return this.commitTransaction();\n  }\n\n  override release(): Promise<void> {\n',
      ],
    ],
    project: 'mariadb',
    specs: ['database/unit-of-work'],
  },
  {
    name: 'scope check',
    file: 'src/auth/bearer.guard.ts',
    edits: [['if (scope && !hasScope(principal.scopes, scope))', 'if (scope === null)']],
    project: 'sqlite',
    specs: ['auth/route-guard'],
  },
  {
    name: 'IPv6 allow-list',
    file: 'src/upstream/egress/address-class.ts',
    edits: [["if (!address.match(GLOBAL_IPV6)) return 'never';", '']],
    project: 'unit',
    specs: ['src/upstream/egress/egress-policy'],
  },
  {
    name: 'redaction',
    file: 'src/upstream/redact.ts',
    edits: [['return maskPieces(text, spellings).replace(CREDENTIAL, MARK);', 'return text;']],
    project: 'sqlite',
    specs: ['discovery/discovery-failures', 'discovery/model-test', 'providers/secret-leaks'],
  },
  {
    name: 'idempotency store',
    file: 'src/idempotency/idempotency.service.ts',
    edits: [
      [
        'stored = await this.keys.complete(claim.id, claim.claimedBy, request.status, response);',
        'stored = response.parts.length >= 0;',
      ],
    ],
    project: 'sqlite',
    specs: ['idempotency/idempotency.e2e'],
  },
  {
    name: 'bounded row of a stored response',
    file: 'src/idempotency/packed-response.ts',
    edits: [['if (json.length <= MAX_ROW_BYTES)', 'if (json.length >= 0)']],
    project: 'unit',
    specs: ['src/idempotency/packed-response'],
  },
  {
    name: 'age of deleted audit events',
    file: 'src/audit/audit.repository.ts',
    edits: [['where: { at: LessThan(time) },', 'where: { at: LessThan(`9${time}`) },']],
    project: 'sqlite',
    specs: ['audit/audit-retention'],
  },
  {
    name: 'bounded groups of denied requests',
    file: 'src/audit/denied-requests.ts',
    edits: [['groups.size >= MAX_GROUPS', 'groups.size < 0']],
    project: 'unit',
    specs: ['src/audit/denied-requests'],
  },
  {
    name: 'revocation',
    file: 'src/tokens/tokens.service.ts',
    edits: [
      [
        "await this.record(actor, 'token.delete', row, response, null);\n      this.unitOfWork.onCommitted(() => this.authenticator.evict(id));",
        "await this.record(actor, 'token.delete', row, response, null);",
      ],
    ],
    project: 'sqlite',
    specs: ['tokens/token-revocation'],
  },
  {
    name: 'monotonic age of a cached token',
    file: 'src/tokens/token-authenticator.ts',
    edits: [
      ['const loadedAt = performance.now();', 'const loadedAt = Date.now();'],
      ['return performance.now() - loadedAt < FRESH_MS;', 'return Date.now() - loadedAt < FRESH_MS;'],
    ],
    project: 'sqlite',
    specs: ['operations/clock-steps'],
  },
  {
    name: 'comparison of whole base URLs',
    file: 'src/providers/provider-destination.ts',
    edits: [['const identify = isAdmin ? originOf : comparableBaseUrl;', 'const identify = originOf;']],
    project: 'sqlite',
    specs: ['providers/secret-destination'],
  },
  {
    name: 'comparison of percent-encodings',
    file: 'src/upstream/base-url.ts',
    edits: [['return UNRESERVED.test(character) ? character : encoded.toUpperCase();', 'return encoded;']],
    project: 'unit',
    specs: ['src/upstream/base-url.properties'],
  },
  {
    name: 'confirmation of base URLs',
    file: 'src/models/confirmed-base-url.ts',
    edits: [['baseUrlSetBy === tokenId', 'tokenId !== null']],
    project: 'sqlite',
    specs: ['providers/secret-theft', 'providers/secret-confirmation'],
  },
  {
    name: 'confirmation after a change of the kind',
    file: 'src/providers/provider-destination.ts',
    edits: [['kind !== provider.provider && provider.baseUrlSetBy !== caller.tokenId', 'false']],
    project: 'sqlite',
    specs: ['providers/secret-confirmation'],
  },
  {
    name: 'cache of unknown tokens',
    file: 'src/tokens/token-authenticator.ts',
    edits: [['if (!cached && this.rejected.has(id)) return null;', '']],
    project: 'sqlite',
    specs: ['auth/token-queries'],
  },
  {
    name: 'interval of readiness checks',
    file: 'src/health/readiness.service.ts',
    edits: [
      ['const INTERVAL_MS = 1000;', 'const INTERVAL_MS = 0;'],
      ['this.isChecking = true;', ''],
    ],
    project: 'sqlite',
    specs: ['operations/health'],
  },
  {
    name: 'budget of bodies',
    file: 'src/http/server/body-budget.ts',
    edits: [['this.used + change > MAX_BYTES || ofCaller > MAX_BYTES_PER_CALLER', 'bytes < 0']],
    project: 'unit',
    specs: ['src/http/server/body-budget'],
  },
  {
    name: 'bound of revisions',
    file: 'src/registry/revision-header.ts',
    edits: [['return minRevision - revision > MAX_AHEAD;', 'return false;']],
    project: 'sqlite',
    specs: ['registry/far-revision'],
  },
  {
    name: 'host check',
    file: 'src/http/server/host-check.ts',
    edits: [['if (!isLoopback(host)) return;', 'if (host) return;']],
    project: 'sqlite',
    specs: ['http/response-headers'],
  },
  {
    name: 'ignored debugger signal',
    file: 'src/app/ignore-debugger-signal.ts',
    edits: [["process.on('SIGUSR1', () => undefined);", '']],
    project: 'sqlite',
    specs: ['operations/debugger-signal'],
  },
];
