import { startOpenAiStandIn, type OpenAiStandIn, type StandInOptions } from './openai-stand-in.js';

/** Where to send calls, for an SDK. */
export interface OpenAiAddress {
  readonly baseURL: string;
  readonly apiKey: string;
  /** What answers there; `undefined` where it is the real thing. */
  readonly standIn: OpenAiStandIn | undefined;
}

/**
 * The API that `OPENAI_BASE_URL` and `OPENAI_API_KEY` name, where both are set; else a stand-in, started now.
 * A key alone is not enough: no example spends money because one lies about in the environment.
 */
export async function openAiOrStandIn(options: StandInOptions = {}): Promise<OpenAiAddress> {
  const { OPENAI_BASE_URL: baseURL, OPENAI_API_KEY: apiKey } = process.env;
  if (baseURL && apiKey) return { baseURL, apiKey, standIn: undefined };
  const standIn = await startOpenAiStandIn(options);
  return { baseURL: standIn.baseURL, apiKey: 'any-key-will-do', standIn };
}
