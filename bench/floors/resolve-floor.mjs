/**
 * The least that an authenticated POST costs on this stack: a bare Nest on Fastify, one guard that looks the bearer's
 * HMAC-SHA256 up in a map, a JSON body parsed, and a static object as answer. Its argument is a file of
 * `{ token, answers }`; each answer is under a path of its name.
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

const { token, answers } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
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

for (const [name, answer] of Object.entries(answers)) {
  ResolveController.prototype[name] = (body) => {
    if (typeof body?.selector !== 'string') throw new UnprocessableEntityException();
    return answer;
  };
  Body()(ResolveController.prototype, name, 0);
  decorate(ResolveController, name, Post(name), HttpCode(200));
}
decorate(ResolveController, null, Controller());

await listen(ResolveController, [guard]);
