/**
 * An upstream that validates requests as OpenAI and Anthropic do, on one port of 127.0.0.1: chat completions, responses,
 * messages, token counts, embeddings and models. A request that the vendor would reject gets the vendor's error, so a
 * test through Caret proves that Caret sends what vendors accept. `model/turn.ts` has the directives of prompts. The
 * upstream keeps a bill of its own, to compare with the ledger.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newApiKey } from '../../clients/accounts';
import { authenticate } from './authenticate';
import type { Json } from './json';
import { respondModels, unknownModel } from './models/respond';
import { PromptCache } from './prompt-cache';
import { SealedTexts } from './sealed-texts';
import { sendReply } from './send-reply';
import type { BillLine } from './strict-bill';
import type { StrictReply, StrictState } from './strict-call';
import { findEndpoint, type StrictEndpoint } from './strict-endpoints';
import { errorBody, StrictError, type ErrorForm } from './strict-error';
import { replyFault, type StrictFault } from './strict-faults';

export interface StrictOptions {
  /** Default: one random key. */
  readonly apiKeys?: readonly string[];
  readonly chatModels?: readonly string[];
  readonly embeddingModels?: readonly string[];
}

export interface StrictRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  /** Alternating names and values, as they arrived. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** Starts an upstream. Stop it with `stop()`. */
export async function startStrictUpstream(options: StrictOptions = {}): Promise<StrictUpstream> {
  const upstream = new StrictUpstream(options);
  await upstream.start();
  return upstream;
}

export class StrictUpstream {
  readonly apiKeys: readonly string[];
  readonly chatModels: readonly string[];
  readonly embeddingModels: readonly string[];
  /** Every request, also those that were rejected. */
  readonly requests: StrictRequest[] = [];
  /** A line for each request that was served, also in part. */
  readonly bill: BillLine[] = [];

  private readonly server: Server;
  private readonly faults: StrictFault[] = [];
  private readonly state: StrictState = {
    cache: new PromptCache(),
    seals: new SealedTexts(),
    responses: new Map(),
  };
  private serial = 0;

  constructor(options: StrictOptions) {
    this.apiKeys = options.apiKeys ?? [newApiKey()];
    this.chatModels = options.chatModels ?? ['gpt-strict', 'claude-strict'];
    this.embeddingModels = options.embeddingModels ?? ['embed-strict'];
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
  }

  /** The origin, without `/v1`. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Adds faults. Each of the next calls of a model takes one. */
  script(...faults: readonly StrictFault[]): void {
    this.faults.push(...faults);
  }

  /** Closes all connections and frees the port. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (body === null) return;
    const { method = '', url = '', headers, rawHeaders } = request;
    this.requests.push({ method, url, headers, rawHeaders, body });
    this.serial += 1;
    const { pathname } = new URL(url, 'http://upstream');
    const endpoint = findEndpoint(method, pathname);
    const form: ErrorForm = endpoint?.form ?? (headers['anthropic-version'] ? 'anthropic' : 'openai');
    const requestId = `req_strict${this.serial}`;
    setVendorHeaders(response, form, requestId);
    try {
      if (endpoint) return await this.serve(endpoint, request, response, body, requestId);
      const [, id] = /^\/v1\/models(?:\/(.+))?$/.exec(pathname) ?? [null];
      if (id === null || method !== 'GET') throw new StrictError(404, `Invalid URL (${method} ${pathname})`);
      authenticate(headers, form, this.apiKeys);
      const names = [...this.chatModels, ...this.embeddingModels];
      sendJson(response, 200, respondModels(form, names, id && decodeURIComponent(id)));
    } catch (error) {
      const rejected = error instanceof StrictError ? error : new StrictError(500, String(error));
      sendJson(response, rejected.status, errorBody(form, rejected, requestId));
    }
  }

  private async serve(
    endpoint: StrictEndpoint,
    request: IncomingMessage,
    response: ServerResponse,
    bytes: Buffer,
    requestId: string,
  ): Promise<void> {
    const fault = this.faults.shift();
    if (fault && (await replyFault(response, fault, endpoint.form, requestId))) return;
    authenticate(request.headers, endpoint.form, this.apiKeys);
    const body = parseBody(bytes);
    const models = endpoint.path === 'embeddings' ? this.embeddingModels : this.chatModels;
    if (typeof body?.model === 'string' && !models.includes(body.model))
      throw unknownModel(endpoint.form, body.model);
    const call = { body, headers: request.headers, serial: this.serial, state: this.state };
    const reply: StrictReply = endpoint.respond(call);
    const { path } = endpoint;
    const stream = reply.events !== undefined;
    const line = { ...reply.usage, endpoint: path, model: body.model, stream, requestId, isComplete: false };
    this.bill.push(line);
    await sendReply(response, reply, line, fault, endpoint);
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return null;
  }
  return Buffer.concat(chunks);
}

function parseBody(bytes: Buffer): Json {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new StrictError(400, 'We could not parse the JSON body of your request.');
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Sets what vendors send beside the body. Some of it must not reach a caller. */
function setVendorHeaders(response: ServerResponse, form: ErrorForm, requestId: string): void {
  response.setHeader('set-cookie', '__cf_bm=strict; path=/');
  response.setHeader(form === 'openai' ? 'x-request-id' : 'request-id', requestId);
  const organization = form === 'openai' ? 'openai-organization' : 'anthropic-organization-id';
  response.setHeader(organization, 'org-strict');
  if (form === 'openai') response.setHeader('openai-processing-ms', '7');
}
