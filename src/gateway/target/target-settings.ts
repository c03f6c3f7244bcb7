import { forwardHeaderProblem, gatewaySettingProblem } from '../../advanced-json/gateway-settings';
import { findTimeoutMs, type UpstreamTarget } from '../../upstream/upstream-target';
import type { TargetSettings } from './gateway-target';

/** Reads the settings of calls. A stored value that validation rejects counts as absent. */
export function readTargetSettings(target: UpstreamTarget, contextLength: number | null): TargetSettings {
  const { advancedJson } = target;
  return {
    timeoutMs: findTimeoutMs(target),
    firstByteTimeoutMs: findNumber(advancedJson, 'first_byte_timeout_ms'),
    idleTimeoutMs: findNumber(advancedJson, 'idle_timeout_ms'),
    maxAttempts: findNumber(advancedJson, 'max_attempts'),
    responseModel: findResponseModel(advancedJson.response_model),
    mayAskForUsage: advancedJson.stream_usage !== 'off',
    contextLength,
  };
}

/** Returns the valid names of `forward_headers` in lower case. */
export function listForwardHeaders({ advancedJson }: UpstreamTarget): readonly string[] {
  const { forward_headers: names } = advancedJson;
  if (!Array.isArray(names)) return [];
  return names
    .filter((name): name is string => forwardHeaderProblem(name) === null)
    .map((name) => name.toLowerCase());
}

type NumberSetting = 'first_byte_timeout_ms' | 'idle_timeout_ms' | 'max_attempts';

function findNumber(advancedJson: Readonly<Record<string, unknown>>, key: NumberSetting): number | null {
  const value = advancedJson[key];
  return value !== undefined && gatewaySettingProblem(key, value) === null ? (value as number) : null;
}

function findResponseModel(value: unknown): TargetSettings['responseModel'] {
  return value === 'requested' || value === 'upstream' ? value : null;
}
