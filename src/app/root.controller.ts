import { Controller, Get, Redirect } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../auth/bearer.guard';

/** Redirects a browser to the API description. Not part of the API. */
@ApiExcludeController()
@Public()
@Controller()
export class RootController {
  @Get()
  @Redirect('/docs', 302)
  redirectToDocs(): void {}
}
