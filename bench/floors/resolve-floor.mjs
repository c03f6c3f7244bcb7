/**
 * The floor of an authenticated POST on this stack: a bare Nest on Fastify with one guard that looks up the token's
 * HMAC-SHA256 in a map, a parsed JSON body, and a static object as the response. Its argument is a file with
 * `{ token, responses }`. Each response has its name as path.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  Body,
  Controller,
  HttpCode,
  Post,
  UnauthorizedException,
  UnprocessableEntityException,
} from '@nestjs/common';
import { decorate, listen } from './nest-app.mjs';

const { token, responses } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const pepper = randomBytes(32);
const hash = (text) => createHmac('sha256', pepper).update(text).digest('hex');
const principals = new Map([[hash(token), { accountId: 'account', scopes: ['providers:read'] }]]);

const guard = {
  canActivate(context) {
    const request = context.switchToHttp().getRequest();
    const principal = principals.get(hash(request.headers.authorization?.slice('Bearer '.length) ?? ''));
    if (!principal) throw new UnauthorizedException();
    request.user = principal;
    return true;
  },
};

class ResolveController {}

for (const [name, response] of Object.entries(responses)) {
  ResolveController.prototype[name] = (body) => {
    if (typeof body?.selector !== 'string') throw new UnprocessableEntityException();
    return response;
  };
  Body()(ResolveController.prototype, name, 0);
  decorate(ResolveController, name, Post(name), HttpCode(200));
}
decorate(ResolveController, null, Controller());

await listen(ResolveController, [guard]);
