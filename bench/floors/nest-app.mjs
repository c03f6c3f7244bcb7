import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { sayListening } from './listening.mjs';

/** Applies decorators to a class or to one of its methods, because JavaScript has no syntax for them. */
export function decorate(target, member, ...decorators) {
  for (const decorator of decorators.reverse()) {
    if (member === null) decorator(target);
    else decorator(target.prototype, member, Object.getOwnPropertyDescriptor(target.prototype, member));
  }
}

/** Starts a bare Nest on Fastify with one controller, without log or hooks, and prints where it listens. */
export async function listen(controller, guards = []) {
  class FloorModule {}
  Module({ controllers: [controller] })(FloorModule);
  const app = await NestFactory.create(FloorModule, new FastifyAdapter(), {
    logger: false,
    bodyParser: false,
  });
  app.useGlobalGuards(...guards);
  await app.listen(0, '127.0.0.1');
  sayListening(app.getHttpServer().address());
}
