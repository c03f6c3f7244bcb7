import { Injectable } from '@nestjs/common';
import type { AccountId } from '../auth/caller';
import type { Requester } from '../http/response/build-queue';
import { HttpResponse } from '../http/response/http-response';
import { type EncodedJson, JsonWriter } from '../http/response/json-writer';
import { LargeResponses } from '../http/response/large-responses';
import { ResponseBudget } from '../http/response/response-budget';
import { type FirstModels, ShownModelsService } from '../models/shown-models.service';
import { toProviderResponse } from './dto/provider.response.dto';
import { ProviderSecrets } from './provider-secrets';
import type { Provider } from './provider.entity';

/** The most that follows the models. */
const MAX_END_BYTES = 256;

/** Presents a provider with its first models. */
@Injectable()
export class ShownProvidersService {
  private readonly large = new LargeResponses();

  constructor(
    private readonly models: ShownModelsService,
    private readonly secrets: ProviderSecrets,
  ) {}

  /** Builds the response for one provider. Requests with the same key share it. Null: the response to a write. */
  present(
    requester: Requester,
    key: string | null,
    build: (budget: ResponseBudget) => Promise<EncodedJson>,
  ): Promise<HttpResponse> {
    return this.large.run(requester, key, async (budget) => HttpResponse.of(await build(budget)));
  }

  /** Encodes the representation of a provider, for a response or to compare its ETag. */
  async encode(
    provider: Provider,
    models: FirstModels | null = null,
    budget = ResponseBudget.full(),
  ): Promise<EncodedJson> {
    const first =
      models ?? (await this.models.readFirst(provider.accountId as AccountId, provider.id, budget));
    const writer = new JsonWriter();
    for (const piece of await this.toJson(provider, first, budget)) writer.write(piece);
    return writer.end();
  }

  /** Returns the JSON of a provider and of as many models as the budget allows, in pieces. */
  async toJson(
    provider: Provider,
    { heads, hasMore }: FirstModels,
    budget: ResponseBudget,
  ): Promise<string[]> {
    const status = await this.secrets.getStatus(provider);
    const withoutModels = JSON.stringify(toProviderResponse(provider, status)).slice(0, -']}'.length);
    budget.take(Buffer.byteLength(withoutModels) + MAX_END_BYTES);
    const pieces = [withoutModels];
    const isComplete = await this.addModels(pieces, provider, heads, budget);
    const end = { models_truncated: true, models_url: `/v1/llm-providers/${provider.id}/models?limit=200` };
    pieces.push(isComplete && !hasMore ? ']}' : `],${JSON.stringify(end).slice(1)}`);
    return pieces;
  }

  /** Returns false if not all models fit. */
  private async addModels(
    pieces: string[],
    provider: Provider,
    heads: FirstModels['heads'],
    budget: ResponseBudget,
  ): Promise<boolean> {
    let separator = '';
    for await (const batch of this.models.toJson(provider.accountId as AccountId, heads, provider.name)) {
      for (const { text } of batch) {
        if (!budget.take(Buffer.byteLength(text) + 1)) return false;
        pieces.push(separator, text);
        separator = ',';
      }
    }
    return true;
  }
}
