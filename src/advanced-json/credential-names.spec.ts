import { isCredentialName } from './credential-names';

/** Names as clients, vendors and cloud providers write them. */
const CREDENTIALS = `
  accessToken AccessToken ACCESS_TOKEN accesstoken access.token token token[]
  token2 IDToken id_token idtoken subscriptionKey subscription-key subscriptionkey
  clientSecret client_secret clientsecret sessionToken authToken sharedAccessKey SharedAccessSignature
  x-amz-signature signatures apiKey APIKey APIKEY api_key api-key
  api_keys apikeyid oauth2 userPassword x-jwt ｔｏｋｅｎ apitoken
  refreshtoken bearertoken apisecret appsecret privatekey authkey masterkey
  accessTokens access_tokens api_tokens hmac hmacsha256 creds db_creds
  psk otp totp pat session_id sessionId sessionid
  sid authorization Authorization authorisation proxyAuthorization auth basicauth
  x-goog-auth authcode authentication bearer cookie session_cookie sessioncookies
  credential credentials awsCredentials aws_secret_access_key aws_access_key_id accesskey secret
  secrets secretkey topsecret key keys licensekey encryption_key
  signing_key my_token custom-token user_token password passwd passwords
  pwd userpwd dbpass user_pass passphrase passcode passkey
  connection_string connectionString client_assertion sas sig code_signature jws
  personal_access_token device_tokens masterKeyId ocp-apim-subscription-key permanent_token minio_token badge_token
  webhookSecret public_api_key publicApiKey sort_api_key object_api_key index_api_key apikey_cache video_token first_token
  next_token embedding_token key_id key_value
`;
/** Parameters of OpenAI, Anthropic, vLLM, OpenRouter, Fireworks and others, and words that look like a credential. */
const HARMLESS = `
  max_tokens maxTokens maxtokens max_completion_tokens maxCompletionTokens maxcompletiontokens max_output_tokens
  max_new_tokens min_tokens max_tokens_to_sample budget_tokens truncate_prompt_tokens token_count tokencount
  token_limit token_budget token_type stop_token stop_token_ids stoptokenids eos_token_id
  bos_token pad_token ban_eos_token allowed_token_ids return_token_ids return_tokens_as_token_ids skip_special_tokens
  add_special_tokens spaces_between_special_tokens token_healing ignore_eos_token time_to_first_token tokens total_tokens
  tokens_per_second tokenizer tokenise tokenized tokenization detokenize logit_bias
  prompt_cache_key promptCacheKey prompt_cache_isolation_key prompt_cache_retention cache_key cachekey idempotency-key
  Idempotency-Key primary_key primarykey foreign_key partition_key sort_key public_key
  dedupe_key safety_identifier service_tier monkey monkeys donkey turkey
  hockey hotkey keyboard keynote keyword keywords keyframe
  author authors authority authentic authenticator secretary secretariat
  secretion compass passage passive bypass trespass signal
  design designate sigmoid x-request-id request_id anthropic-version anthropic_version
  api-version apiVersion region user metadata top_logprobs top_p
  seed n stream_options response_format reasoning_effort tool_choice parallel_tool_calls
  pattern path patch compat option cookbook constructor
  __proto__ session model_id deployment bad_words key_points key_columns key_field
  custom_token_bans time_to_first_token public_object_key
`;
const namesIn = (text: string) => text.split(/\s+/).filter(Boolean);

describe('isCredentialName', () => {
  it.each(namesIn(CREDENTIALS))('returns true for %s', (name) => {
    expect(isCredentialName(name)).toBe(true);
    expect(isCredentialName(`x-${name}`)).toBe(true);
  });

  it.each(namesIn(HARMLESS))('returns false for %s', (name) => {
    expect(isCredentialName(name)).toBe(false);
  });

  it.each(['access token', '', ' '])('splits %j at spaces', (name) => {
    expect(isCredentialName(name)).toBe(name.includes('token'));
  });

  it('checks the end of a name that is longer than a key may be', () => {
    expect(isCredentialName(`${'x'.repeat(60_000)}_api_key`)).toBe(true);
    expect(isCredentialName(`api_key_${'x'.repeat(60_000)}`)).toBe(false);
  });

  it('checks the end of a name that NFKC makes longer', () => {
    expect(isCredentialName(`${'\ufdfa'.repeat(20)}_api_key`)).toBe(true);
    expect(isCredentialName(`api_key_${'\ufdfa'.repeat(20)}`)).toBe(false);
  });
});
