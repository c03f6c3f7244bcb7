/** The response of OpenAI's `GET /v1/models`: https://platform.openai.com/docs/api-reference/models/list */
export function openaiModelList(ids: readonly string[]) {
  const data = ids.map((id) => ({ id, object: 'model', created: 1_686_935_002, owned_by: 'system' }));
  return { object: 'list', data };
}

export interface PageRequest {
  readonly limit: number;
  readonly afterId: string | null;
}

/** A page of the response of Anthropic's `GET /v1/models`: https://docs.anthropic.com/en/api/models-list */
export function anthropicModelPage(ids: readonly string[], { limit, afterId }: PageRequest) {
  const start = afterId === null ? 0 : ids.indexOf(afterId) + 1;
  const page = ids.slice(start, start + limit);
  return {
    data: page.map((id) => ({ type: 'model', id, display_name: id, created_at: '2025-02-19T00:00:00Z' })),
    has_more: start + limit < ids.length,
    first_id: page[0] ?? null,
    last_id: page.at(-1) ?? null,
  };
}
