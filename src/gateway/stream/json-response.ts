import { isJsonObject, type JsonObject } from '../../common/json-object';
import { reportsError } from '../../upstream/error-body';
import type { EndpointPath } from '../dialect/endpoint';
import { memberOf } from '../json/find-value';
import { jsonAt } from '../json/read-value';
import { type Member, scanObject } from '../json/scan-object';
import type { Span } from '../json/span';
import { type ReportedFailure, reportedFailure } from './reported-failure';
import { nameAt, usageAt } from './stream-facts';

/** A whole response with status 200, read without parsing all of it. */
export interface JsonResponse {
  readonly isJson: boolean;
  /** An error that the response reports although its status is 200. */
  readonly error: ReportedFailure | null;
  readonly usage: JsonObject | null;
  readonly responseId: string | null;
  /** The model in the upstream's words. */
  readonly upstreamModel: string | null;
  /** Whether the upstream stores the response. Only the Responses API says so. */
  readonly isStored: boolean;
  /** Returns the bytes with another model, if the response has one. */
  spliceModel(model: string): Buffer[];
}
