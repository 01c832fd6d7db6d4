import { isObject } from '../core/shadow.js';

/** A longer one is no name. */
const LONGEST = 200;

/** The model that a request names: `model`, or Bedrock's `modelId`. Never throws. */
export function requestedModel(request: unknown): string | undefined {
  if (!isObject(request)) return undefined;
  try {
    const { model, modelId } = request as Record<string, unknown>;
    // Files are sent as a form.
    const named = model ?? modelId ?? (request instanceof FormData ? request.get('model') : undefined);
    // The package `ai` is given an object that is the model.
    const name = isObject(named) ? (named as Record<string, unknown>)['modelId'] : named;
    return typeof name === 'string' && name !== '' && name.length <= LONGEST ? name : undefined;
  } catch {
    return undefined;
  }
}
